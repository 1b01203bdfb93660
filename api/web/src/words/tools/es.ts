/** What the tools say, in Spanish: it comes with the first of them that is opened. `en.ts` says the same. */

const many = (n: number, one: string, more: string) => `${n.toLocaleString("es-CL")} ${n === 1 ? one : more}`;

export const es = {
  fade: {
    label: (layer: string) => `Transparencia de ${layer}`,
    short: "Transparencia",
    value: (percent: number) => `${percent} %`,
  },

  quality: {
    title: "Calidad",
    accuracy: (median: string, worst: string, told: number, all: number) =>
      `Posición a ± ${median} en la mitad y a ± ${worst} a lo más; la dicen ${told.toLocaleString("es-CL")} de ${all.toLocaleString("es-CL")}.`,
    noAccuracy: "Sus elementos no dicen con qué exactitud se midieron.",
    method: (title: string, n: number) => `${title} (${n.toLocaleString("es-CL")})`,
    methods: (list: string) => `Captura: ${list}.`,
    dates: (first: string, last: string, one: boolean) =>
      one ? `Fuente del ${first}.` : `Fuentes entre el ${first} y el ${last}.`,
    first: (n: number) => `Contado en los primeros ${n.toLocaleString("es-CL")}.`,
  },

  files: {
    show: "Descargar",
    what: (layer: string) => `Qué se descarga de ${layer}`,
    formats: (layer: string) => `Archivos de ${layer}`,
    seen: "Lo que se ve",
    whole: "La capa entera",
    titled: "Columnas y valores en español, sin códigos",
    making: "Preparando el archivo…",
    coming: "Trayendo el archivo…",
    megabytes: (so: string) => `${so} MB`,
    cancel: "Cancelar la descarga",
    format: { geojson: "GeoJSON", gpkg: "GeoPackage", csv: "CSV", xlsx: "Excel" },
  },

  table: {
    open: "Ver tabla",
    name: (layer: string) => `Tabla de ${layer}`,
    rows: "Filas de la tabla",
    layer: "Capa de la tabla",
    filter: "Filtrar las filas",
    count: (n: number, all: number, seen: boolean) =>
      (n < all ? `${n.toLocaleString("es-CL")} de ${many(all, "fila", "filas")}` : many(all, "fila", "filas")) +
      (seen ? " en lo que se ve" : ""),
    download: "Descargar",
    close: "Cerrar la tabla",
    none: "Esta capa no tiene nada en la parte visible del mapa. Aleja o mueve el mapa.",
    noneLike: (q: string) => `Nada contiene «${q}» en la parte visible del mapa.`,
    more: (n: number) => `Mostrar más filas: faltan ${n.toLocaleString("es-CL")}`,
  },

  tools: {
    intro: "Para trabajar con el mapa.",
    words: "El mapa en palabras",
    wordsHint: "Lo que se ve, con distancia, dirección y calle",
    coordinates: "Coordenadas",
    coordinatesHint: "Saber las de un punto, ir a las que tienes",
    charts: "Gráficos",
    chartsHint: "Inversión, avance del plan y áreas verdes",
    indicators: "Indicadores",
    indicatorsHint: "Áreas verdes e inversión por barrio, distrito y manzana",
    measure: "Medir",
    measureHint: "Largos y superficies sobre el terreno",
    print: "Imprimir o guardar en PDF",
    printHint: "A una escala exacta, con leyenda y fuente",
    moment: "El plan en otra fecha",
    momentHint: "Lo vigente un día, y qué cambió entre dos",
    share: "Compartir e incrustar",
    shareHint: "El enlace de lo que ves, o el mapa en otra página",
  },

  inWords: {
    title: "El mapa en palabras",
    intro: "Lo mismo que muestra el mapa, para leerlo o escucharlo. Cambia cuando mueves el mapa.",
    shows: (size: readonly [string, string] | null, street: string | null, home: string | null, marked: boolean) =>
      [
        size ? `El mapa muestra ${size[0]} de poniente a oriente y ${size[1]} de sur a norte.` : "",
        `${marked ? "El punto marcado" : "Su centro"} ${street ? `está junto a ${street}` : "no tiene una calle con nombre cerca"}${home ? `, en ${home}` : ""}.`,
        "Desde ahí se cuentan las distancias, en línea recta.",
      ]
        .filter(Boolean)
        .join(" "),
    where: (metres: string | null, wind: number | null, street: string | null) =>
      [
        metres === null || wind === null
          ? "Aquí mismo"
          : `A ${metres} ${["al norte", "al nororiente", "al oriente", "al suroriente", "al sur", "al surponiente", "al poniente", "al norponiente"][wind]}`,
        street ? `junto a ${street}` : "",
      ]
        .filter(Boolean)
        .join(", "),
    count: (all: number, listed: number) =>
      all === 0
        ? "No hay en la parte visible del mapa."
        : all > listed
          ? `Hay ${all.toLocaleString("es-CL")} en la parte visible del mapa. De lo más cercano a lo más lejano:`
          : `Hay ${all.toLocaleString("es-CL")} en la parte visible del mapa.`,
    page: "Todo sobre este punto: qué viene, áreas verdes y por dónde salir",
    noLayers: "No hay capas encendidas. Enciende alguna en «Capas del territorio».",
  },

  coordinates: {
    title: "Coordenadas",
    intro: "Toca el mapa para saber las de un punto, o escribe las que tienes.",
    field: "Ir a unas coordenadas",
    go: "Ir",
    examples: (degrees: string, utm: string) => `En grados (${degrees}) o en UTM (${utm}).`,
    unread: "No se entienden. Escribe latitud y longitud en grados, o este y norte en metros.",
    outside: "Ese punto queda fuera de la comuna.",
    marked: "El punto marcado",
    centre: "El centro del mapa",
    degrees: "Grados",
    sexagesimal: "Grados, minutos y segundos",
    utm: (zone: string) => `UTM, huso ${zone}`,
    copy: (what: string) => `Copiar: ${what}`,
    copied: "Copiado.",
    markCentre: "Marcar el centro del mapa",
    clear: "Quitar la marca",
    datum: "Datum WGS 84, igual a SIRGAS-Chile dentro de la exactitud de estos datos.",
  },

  measure: {
    title: "Medir",
    intro: "Toca el mapa para poner puntos. Con el teclado: mueve el mapa y añade su centro.",
    kind: "Qué se mide",
    length: "Largo",
    area: "Superficie",
    add: "Añadir el centro del mapa",
    undo: "Quitar el último",
    clear: "Borrar todo",
    none: "Todavía no hay puntos.",
    one: "Un punto. Falta otro para medir.",
    two: "Dos puntos. Falta otro para cerrar una superficie.",
    total: "Largo total",
    last: "Último tramo",
    surface: "Superficie",
    around: "Perímetro",
    hectares: (ha: string) => `${ha} ha`,
    points: (n: number) => many(n, "punto", "puntos"),
    how: "Medido sobre el elipsoide WGS 84, por el camino más corto (geodésica), en proyección horizontal: sin las subidas y bajadas del terreno.",
    most: "No caben más puntos.",
  },

  print: {
    title: "Imprimir a escala",
    intro: "Una hoja con título, leyenda, escala, norte, fecha y fuente, en papel o en PDF.",
    heading: "Título",
    paper: "Papel",
    papers: {
      "a4-landscape": "A4 horizontal",
      "a4-portrait": "A4 vertical",
      "a3-landscape": "A3 horizontal",
      "a3-portrait": "A3 vertical",
    },
    scale: "Escala",
    frame: "El marco en el mapa es lo que saldrá. Muévelo moviendo el mapa; el norte queda arriba.",
    prepare: "Preparar la hoja",
    drawing: "Dibujando la hoja…",
    ready: (scale: string, paper: string) => `Hoja a ${scale}, ${paper}`,
    full: "Imprime al 100 %, sin «ajustar a la página»: así las medidas en el papel son exactas.",
    print: "Imprimir o guardar en PDF",
    picture: (scale: string, place: string) => `Mapa a escala ${scale} con centro en ${place}`,
    north: "Norte arriba",
    scaleOf: (scale: string) => `Escala ${scale}`,
    printed: (day: string) => `Impreso el ${day}.`,
    sources: (list: string) => `Fuentes: ${list}.`,
    centre: (place: string) => `Centro: UTM ${place}, WGS 84.`,
    differs: (first: string, last: string) => `Cambios entre el ${first} y el ${last}`,
    narrowed: "Solo las iniciativas que cumplen el filtro.",
    exact: "Escala exacta en el centro de la hoja, en ambos sentidos.",
  },

  share: {
    title: "Compartir e incrustar",
    intro: "El enlace lleva lo que ves: lugar, capas, transparencias, fecha, tabla, indicador, medidas, idioma y fondo.",
    link: "Enlace",
    embed: "Código para otra página web",
    embedHint: "Pégalo en la página: muestra este mapa con estas capas, siempre al día.",
    copy: "Copiar",
    copyLink: "Copiar el enlace",
    copyCode: "Copiar el código",
    copied: "Copiado.",
    byHand: "Quedó seleccionado: cópialo con Ctrl y C.",
  },

  moment: {
    title: "El plan en otra fecha",
    intro: "El mapa y las listas muestran lo vigente el día que elijas.",
    on: "Mostrar lo vigente el",
    today: "Hoy",
    compare: "Comparar con otro día",
    vs: "Comparar con lo vigente el",
    between: (first: string, last: string) => `Entre el ${first} y el ${last}, en las capas encendidas:`,
    same: "Las dos fechas son la misma.",
    none: (first: string, last: string) => `Nada cambió entre el ${first} y el ${last} en las capas encendidas.`,
    added: (n: number) => many(n, "nuevo", "nuevos"),
    changed: (n: number) => many(n, "cambiado", "cambiados"),
    removed: (n: number) => many(n, "retirado", "retirados"),
    action: { added: "Nuevo", changed: "Cambiado", removed: "Retirado" },
    fields: (list: string) => `Cambió: ${list}.`,
    shape: "su forma o lugar",
    more: (n: number) => `Y ${many(n, "diferencia", "diferencias")} más que no se listan.`,
    beside: {
      title: "Dos fechas lado a lado",
      split: "Ver las dos fechas lado a lado",
      splitHint: "Dos mapas del mismo lugar: arrastra la línea que los separa, o muévela con las flechas del teclado.",
      left: "A la izquierda:",
      right: "A la derecha:",
      today: (day: string) => `${day}, hoy`,
      recorded: (instant: string) => `Como estaba registrado el ${instant}`,
      handle: "Línea que separa las dos fechas",
      value: (percent: number, left: string, right: string) =>
        `${percent} % del mapa muestra el ${left}; ${100 - percent} %, el ${right}`,
      leave: "Dejar de ver lado a lado",
      waiting: "Dibujando la otra fecha…",
    },
    invented: "En esta demostración las fechas son inventadas.",
    recorded: "Ver lo que decía el registro",
    recordedHint:
      "Aparte de qué estaba vigente, el sistema recuerda qué se sabía: los errores corregidos después vuelven a verse.",
    asOf: "Como estaba registrado el",
  },
};

export type ToolWords = typeof es;
