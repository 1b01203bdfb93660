-- Heavy shapes as they look from afar, in columns generated beside them (sitplan/afar.py). A domain:
-- programs that offer every column of type geometry as a layer, as QGIS does, offer each layer once.
CREATE DOMAIN sitplan.far_shape AS public.geometry;
