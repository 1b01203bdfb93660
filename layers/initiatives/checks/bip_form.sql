-- aviso: {code} «{a}»: «{b}» no tiene la forma de un código BIP
-- warning: {code} “{a}”: “{b}” does not look like a BIP code
-- remedio: Un código BIP son ocho cifras, un guion y un dígito: 40012345-0.
-- remedy: A BIP code is eight digits, a hyphen and one digit: 40012345-0.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'b', bip.code) AS facts,
       NULL::geometry AS spot
FROM layers.initiatives AS a
CROSS JOIN LATERAL unnest(a.bip_codes) AS bip(code)
WHERE bip.code !~ '^[0-9]{8}-[0-9]$'
