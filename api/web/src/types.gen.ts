// Made by `npm run types` from /api/openapi: do not edit.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export type components = {
    schemas: {
        any_feature: {
            geometry: components["schemas"]["shape"];
            id: string;
            links?: components["schemas"]["links"];
            properties: Record<string, never>;
            /** @enum {string} */
            type: "Feature";
        } | null;
        changes: {
            changes: {
                /** @enum {string} */
                action: "create" | "replace" | "delete";
                after: components["schemas"]["any_feature"];
                before: components["schemas"]["any_feature"];
                fields: string[];
                /** Format: uuid */
                id: string;
                kind: string | null;
                kind_title: string | null;
                /** Format: date-time */
                recorded_at: string | null;
                role: string | null;
                source: string | null;
                why: string | null;
            }[];
            collection: string;
            links: components["schemas"]["links"];
            numberReturned: number;
            token: string;
        };
        chart: {
            by: string | null;
            choices: {
                by: string;
                title: string;
            }[];
            columns: {
                name: string;
                title: string;
            }[];
            /** Format: date */
            day: string;
            description: string;
            id: string;
            illustrative: boolean;
            inputs: {
                layer: string;
                title: string;
            }[];
            links: components["schemas"]["links"];
            notes: string[];
            of: string;
            rows: ({
                code: string;
                title: string;
                values: {
                    [key: string]: number | null;
                };
            } & {
                [key: string]: unknown;
            })[];
            series: {
                name: string;
                title: string;
            }[];
            title: string;
            total: number | null;
            unit: string;
            warning: string | null;
        };
        charts: {
            charts: {
                choices: {
                    by: string;
                    title: string;
                }[];
                description: string;
                id: string;
                links: components["schemas"]["links"];
                title: string;
                unit: string;
            }[];
            description: string;
            links: components["schemas"]["links"];
            title: string;
        };
        collection: {
            attribution: string;
            crs: string[];
            custodian: string;
            description: string;
            extent?: {
                recorded?: {
                    description: string;
                    interval: [
                        string | null,
                        string | null
                    ][];
                    trs: string;
                };
                spatial: {
                    bbox: [
                        number,
                        number,
                        number,
                        number
                    ][];
                    crs: string;
                };
                temporal?: {
                    description: string;
                    interval: [
                        string | null,
                        string | null
                    ][];
                    trs: string;
                };
            };
            id: string;
            illustrative: boolean;
            itemCount?: number;
            /** @enum {string} */
            itemType: "feature" | "record";
            license: string;
            links: components["schemas"]["links"];
            result?: {
                analysis: Record<string, never> | null;
                author: string;
                /** Format: date-time */
                calculated: string;
                heights: {
                    cellSize: number | null;
                    isCurrent: boolean;
                    sha256: string | null;
                    source: string | null;
                    title: string;
                } | null;
                inputs: {
                    /** Format: date-time */
                    asOf: string | null;
                    datetime: string;
                    isCurrent: boolean;
                    layer: string;
                    revision: number | null;
                    title: string;
                }[];
                isCurrent: boolean;
                libraries: {
                    [key: string]: string;
                };
                method: Record<string, never>;
                notice?: string;
                /** @enum {string} */
                reviewState: "draft" | "in_review" | "published" | "withdrawn";
                statement: string;
            };
            storageCrs?: string;
            title: string;
        };
        collections: {
            collections: components["schemas"]["collection"][];
            links: components["schemas"]["links"];
        };
        conformance: {
            conformsTo: string[];
            links?: components["schemas"]["links"];
        };
        definition: {
            components: Record<string, never>;
            info: Record<string, never>;
            openapi: string;
            paths: Record<string, never>;
        };
        diff: {
            /** @enum {string} */
            axis: "recorded" | "valid";
            collection: string;
            counts: {
                added: number;
                changed: number;
                removed: number;
            };
            differences: {
                /** @enum {string} */
                action: "added" | "changed" | "removed";
                after: components["schemas"]["any_feature"];
                before: components["schemas"]["any_feature"];
                code: string;
                fields: string[];
                /** Format: uuid */
                id: string;
            }[];
            from: string;
            links: components["schemas"]["links"];
            numberReturned: number;
            to: string;
        };
        document: Record<string, never>;
        execution: {
            inputs: {
                [key: string]: unknown;
            };
            outputs?: {
                [key: string]: Record<string, never>;
            };
            /**
             * @default raw
             * @enum {string}
             */
            response: "raw" | "document";
        };
        /** Format: binary */
        file: string;
        found: {
            bbox: [
                number,
                number,
                number,
                number
            ] | null;
            code: string | null;
            crossings: string | null;
            detail: string | null;
            id: string | null;
            /** @enum {string} */
            kind: "feature" | "crossing" | "coordinates";
            layer: string | null;
            layer_title: string | null;
            place: string | null;
            point: [
                number,
                number
            ] | null;
            title: string;
        };
        geometry: {
            coordinates?: unknown[];
            /** @enum {string} */
            type: "Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon" | "GeometryCollection";
        };
        health: {
            announcements: boolean;
            layers: number;
            /** @enum {string} */
            status: "ok";
        };
        /** @description HTML */
        html: string;
        indicator: {
            analysis: {
                id: string;
                title: string;
            };
            areas: {
                layer: string;
                title: string;
            }[];
            /** Format: date-time */
            calculated: string;
            choices: {
                name: string;
                title: string;
                value: string;
                valueTitle: string;
            }[];
            classes: {
                count: number;
                dark: string;
                day: string;
                from: number | null;
                label: string;
                to: number | null;
            }[];
            classesBy: string;
            columns: {
                name: string;
                title: string;
            }[];
            /** Format: date */
            day: string;
            description: string;
            formula: string;
            group: {
                id: string;
                title: string;
            };
            id: string;
            illustrative: boolean;
            inputs: {
                layer: string;
                revision: number | null;
                title: string;
            }[];
            links: components["schemas"]["links"];
            method: {
                date: string;
                inputs: Record<string, never>[];
                name: string;
                notes: string[];
                parameters: {
                    name: string;
                    source: string;
                    title: string;
                    unit: string;
                    value: unknown;
                    verified: boolean;
                }[];
                title: string;
            };
            none: {
                count: number;
                label: string;
                /** @enum {string} */
                reason: "few" | "outside" | "none";
            }[];
            of: string;
            ofTitle: string;
            published: {
                code: string | null;
                ours: {
                    difference: number;
                    value: number;
                    /** @enum {string|null} */
                    way: "network" | "straight" | null;
                }[];
                source: string;
                standard: number | null;
                statement: string;
                title: string;
                unit: string;
                value: number;
                why: string;
                year: number;
            }[];
            rows: ({
                code: string;
                /** Format: uuid */
                id: string | null;
                name: string;
                /** @enum {string|null} */
                reason: "few" | "outside" | "none" | null;
                value: number | null;
            } & {
                [key: string]: unknown;
            })[];
            /** @enum {string} */
            shape: "area" | "point";
            statement: string;
            title: string;
            unit: string;
            whole: number | null;
        };
        indicator_summary: {
            analysis: {
                id: string;
                title: string;
            };
            areas: {
                layer: string;
                title: string;
            }[];
            choices: {
                name: string;
                title: string;
                value: string;
                valueTitle: string;
            }[];
            description: string;
            group: {
                id: string;
                title: string;
            };
            id: string;
            links: components["schemas"]["links"];
            title: string;
            unit: string;
        };
        indicators: {
            description: string;
            indicators: components["schemas"]["indicator_summary"][];
            links: components["schemas"]["links"];
            title: string;
        };
        initiative: {
            children: components["schemas"]["initiative_node"][];
            code: string;
            cost_clp: number | null;
            /** Format: date */
            ends: string | null;
            id: string;
            invented: boolean;
            kind: string | null;
            kind_title: string | null;
            locations: components["schemas"]["initiative_location"][];
            matches: boolean;
            objectives: components["schemas"]["objective"][];
            path: components["schemas"]["plan_step"][];
            place_hint: string | null;
            placed: boolean;
            properties: {
                [key: string]: unknown;
            };
            stage: string | null;
            stage_title: string | null;
            /** Format: date */
            starts: string | null;
            status: string | null;
            status_title: string | null;
            theme: string | null;
            theme_title: string | null;
            title: string;
        };
        initiative_location: {
            geometry: Record<string, never> | null;
            id: string;
            name: string | null;
            position_source: string | null;
            precision: string | null;
            precision_title: string | null;
            role: string | null;
            role_title: string | null;
        };
        initiative_node: {
            children: components["schemas"]["initiative_node"][];
            code: string;
            cost_clp: number | null;
            /** Format: date */
            ends: string | null;
            id: string;
            invented: boolean;
            kind: string | null;
            kind_title: string | null;
            matches: boolean;
            place_hint: string | null;
            placed: boolean;
            stage: string | null;
            stage_title: string | null;
            /** Format: date */
            starts: string | null;
            status: string | null;
            status_title: string | null;
            theme: string | null;
            theme_title: string | null;
            title: string;
        };
        iso_list: {
            links: components["schemas"]["links"];
            records: {
                href: string;
                id: string;
                title: string;
                updated: string;
            }[];
            title: string;
        };
        job_list: {
            jobs: components["schemas"]["job_status"][];
            links: components["schemas"]["links"];
        };
        job_status: {
            /** Format: date-time */
            created?: string;
            /** Format: date-time */
            finished?: string;
            /** Format: uuid */
            jobID: string;
            links: components["schemas"]["links"];
            message?: string;
            processID?: string;
            progress?: number;
            /** Format: date-time */
            started?: string;
            /** @enum {string} */
            status: "accepted" | "running" | "successful" | "failed" | "dismissed";
            /** @enum {string} */
            type: "process";
            /** Format: date-time */
            updated?: string;
        };
        json_schema: {
            properties: Record<string, never>;
            title?: string;
            /** @enum {string} */
            type: "object";
        };
        landing: {
            description: string;
            extent: {
                recorded?: {
                    description: string;
                    interval: [
                        string | null,
                        string | null
                    ][];
                    trs: string;
                };
                spatial: {
                    bbox: [
                        number,
                        number,
                        number,
                        number
                    ][];
                    crs: string;
                };
                temporal?: {
                    description: string;
                    interval: [
                        string | null,
                        string | null
                    ][];
                    trs: string;
                };
            };
            links: components["schemas"]["links"];
            title: string;
        };
        legend: {
            groups: components["schemas"]["legend_group"][];
            territory: components["schemas"]["territory"];
        };
        legend_entry: {
            style_layer: string;
            symbol: components["schemas"]["legend_symbol"];
            title: string;
            where: {
                [key: string]: string;
            };
        };
        legend_group: {
            layers: components["schemas"]["legend_layer"][];
            name: string;
            title: string;
        };
        legend_layer: {
            count: number;
            custodian: string;
            description: string;
            entries: components["schemas"]["legend_entry"][];
            geometry: string;
            illustrative: boolean;
            label: string | null;
            name: string;
            shown: boolean;
            source: components["schemas"]["source"];
            style_layers: string[];
            title: string;
            zoom: [
                number,
                number
            ];
        };
        legend_symbol: {
            color?: string;
            dash?: number[];
            hatch?: string;
            icon?: string;
            line?: string;
            /** @enum {string} */
            type: "fill" | "line" | "circle" | "icon";
            width?: number;
        };
        links: {
            href: string;
            rel: string;
            title?: string;
            type?: string;
        }[];
        matrix_set: {
            crs: string;
            id: string;
            links: components["schemas"]["links"];
            orderedAxes: string[];
            tileMatrices: {
                cellSize: number;
                cornerOfOrigin: string;
                id: string;
                matrixHeight: number;
                matrixWidth: number;
                pointOfOrigin: [
                    number,
                    number
                ];
                scaleDenominator: number;
                tileHeight: number;
                tileWidth: number;
            }[];
            title: string;
            uri: string;
            wellKnownScaleSet: string;
        };
        matrix_sets: {
            tileMatrixSets: {
                id: string;
                links: components["schemas"]["links"];
                title: string;
                uri: string;
            }[];
        };
        objective: {
            code: string;
            title: string;
        };
        page: {
            features: Record<string, never>[];
            links?: components["schemas"]["links"];
            numberMatched?: number;
            numberReturned: number;
            /** Format: date-time */
            timeStamp?: string;
            /** @enum {string} */
            type: "FeatureCollection";
        };
        plan: {
            codes: string[];
            dated: number;
            facets: components["schemas"]["plan_facet"][];
            links: components["schemas"]["links"];
            matched: number;
            strategies: components["schemas"]["strategy"][];
            total: number;
        };
        plan_branch: {
            children: components["schemas"]["initiative_node"][];
            code: string;
            title: string;
        };
        plan_facet: {
            name: string;
            title: string;
            values: {
                chosen: boolean;
                code: string;
                count: number;
                title: string;
            }[];
        };
        plan_step: {
            code: string;
            kind: string | null;
            kind_title?: string | null;
            title: string;
        };
        problem: {
            code: string;
            detail: string;
            errors: Record<string, never>[];
            hint: string;
            instance: string;
            status: number;
            title: string;
            /** Format: uri */
            type: string;
        };
        process_description: components["schemas"]["process_summary"] & {
            inputs: {
                [key: string]: Record<string, never>;
            };
            outputs: {
                [key: string]: Record<string, never>;
            };
        };
        process_list: {
            links: components["schemas"]["links"];
            processes: components["schemas"]["process_summary"][];
        };
        process_summary: {
            description?: string;
            id: string;
            jobControlOptions: ("sync-execute" | "async-execute" | "dismiss")[];
            keywords?: string[];
            links: components["schemas"]["links"];
            outputTransmission: ("value" | "reference")[];
            title?: string;
            version: string;
        };
        promise: {
            deprecated: {
                path: string;
                /** Format: date-time */
                since: string;
                successor: string;
                /** Format: date-time */
                until: string;
            }[];
            description: string;
            links: components["schemas"]["links"];
            promises: {
                id: string;
                text: string;
                title: string;
            }[];
            title: string;
        };
        question: {
            after?: string;
            "as-of"?: string;
            bbox?: [
            ] | [
                number
            ] | [
                number,
                number
            ];
            "bbox-crs"?: string;
            coordinates?: string;
            crs?: string;
            datetime?: string;
            "exclude-properties"?: string[];
            filter?: string | Record<string, never>;
            "filter-crs"?: string;
            /** @enum {string} */
            "filter-lang"?: "cql2-text" | "cql2-json";
            ids?: string[];
            limit?: number;
            offset?: number;
            profile?: string;
            properties?: string[];
            q?: string;
            /** @enum {string} */
            "result-type"?: "results" | "hits";
            "skip-geometry"?: boolean;
            sortby?: [
                string,
                ...string[]
            ];
            "zoom-level"?: number;
        };
        record: {
            conformsTo: string[];
            geometry: components["schemas"]["shape"];
            id: string;
            links: components["schemas"]["links"];
            properties: {
                contacts: Record<string, never>[];
                /** Format: date-time */
                created: string;
                description: string;
                externalIds: {
                    value: string;
                }[];
                keywords: string[];
                license: string;
                title: string;
                type: string;
                /** Format: date-time */
                updated: string;
            };
            time: {
                interval: string[];
            } | null;
            /** @enum {string} */
            type: "Feature";
        };
        records: {
            features: components["schemas"]["record"][];
            links: components["schemas"]["links"];
            numberMatched: number;
            numberReturned: number;
            /** Format: date-time */
            timeStamp: string;
            /** @enum {string} */
            type: "FeatureCollection";
        };
        ref: {
            href: string;
            title: string;
        };
        register: {
            palette: Record<string, never>;
            territory: Record<string, never>;
        };
        search: {
            note: string | null;
            results: components["schemas"]["found"][];
            tips: string[];
            /** @enum {string} */
            understood: "name" | "crossing" | "crossings" | "number" | "coordinates";
        };
        shape: {
            coordinates?: unknown[];
            /** @enum {string} */
            type: "Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon" | "GeometryCollection";
        } | null;
        source: {
            date: string;
            licence: string;
            method: string;
            publisher: string;
            title: string;
            url: string;
        };
        strategy: {
            code: string;
            count: number;
            objectives: components["schemas"]["objective"][];
            plans: components["schemas"]["plan_branch"][];
            title: string;
        };
        style: {
            layers: {
                id: string;
                type: string;
            }[];
            name: string;
            sources: Record<string, never>;
            /** @enum {integer} */
            version: 8;
        };
        styles: {
            default: string;
            links: components["schemas"]["links"];
            styles: {
                id: string;
                links: components["schemas"]["links"];
                title: string;
            }[];
        };
        territory: {
            bounds: [
                number,
                number,
                number,
                number
            ];
            heights: string | null;
            illustrative: boolean;
            kind: string;
            name: string;
            revision: number;
            time_zone: string;
            view: {
                center: [
                    number,
                    number
                ];
                zoom: number;
            };
        };
        /** Format: binary */
        tile: string;
        tilejson: {
            attribution: string;
            bounds: [
                number,
                number,
                number,
                number
            ];
            center: [
                number,
                number,
                number
            ];
            maxzoom: number;
            minzoom: number;
            name: string;
            scheme: string;
            tilejson: string;
            tiles: string[];
            vector_layers: Record<string, never>[];
        };
        tileset: {
            boundingBox: {
                crs: string;
                lowerLeft: [
                    number,
                    number
                ];
                upperRight: [
                    number,
                    number
                ];
            };
            crs: string;
            /** @enum {string} */
            dataType: "vector";
            layers: {
                dataType: string;
                description: string;
                geometryDimension?: number;
                id: string;
                maxTileMatrix: string;
                minTileMatrix: string;
                propertiesSchema: Record<string, never>;
                title: string;
            }[];
            links: components["schemas"]["links"];
            tileMatrixSetLimits: {
                maxTileCol: number;
                maxTileRow: number;
                minTileCol: number;
                minTileRow: number;
                tileMatrix: string;
            }[];
            tileMatrixSetURI: string;
            title: string;
        };
        tilesets: {
            links: components["schemas"]["links"];
            tilesets: {
                crs: string;
                /** @enum {string} */
                dataType: "vector";
                links: components["schemas"]["links"];
                tileMatrixSetURI: string;
                title: string;
            }[];
            title: string;
        };
        versions: {
            collection: string;
            /** Format: uuid */
            id: string;
            links: components["schemas"]["links"];
            original: string;
            timemap: string;
            versions: {
                ended: {
                    /** @enum {string} */
                    action: "replace" | "delete";
                    kind: string | null;
                    kind_title: string | null;
                    /** Format: date-time */
                    recorded_at: string | null;
                    role: string | null;
                    source: string | null;
                    why: string | null;
                } | null;
                href: string;
                made: {
                    kind: string | null;
                    kind_title: string | null;
                    /** Format: date-time */
                    recorded_at: string | null;
                    role: string | null;
                    source: string | null;
                    why: string | null;
                };
                /** Format: date-time */
                recorded_from: string;
                /** Format: date-time */
                recorded_to: string | null;
                /** Format: date */
                valid_from: string | null;
                /** Format: date */
                valid_to: string | null;
                version: number;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
};
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
