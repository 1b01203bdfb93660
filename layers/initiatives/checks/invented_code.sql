-- error: {code} «{a}»: los códigos DEMO- son de iniciativas inventadas, y solo de ellas
-- error: {code} “{a}”: DEMO- codes are for invented initiatives, and for them alone
-- remedio: Corrija el código, o diga si es inventada.
-- remedy: Correct the code, or tell whether it is invented.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name) AS facts,
       NULL::geometry AS spot
FROM layers.initiatives AS a
WHERE a.invented <> (a.code LIKE 'DEMO-%')
