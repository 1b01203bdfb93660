/** What the page says, in Spanish and English. */

import type { Lang } from "../hash";
import type { Note } from "./find";
import type { Who } from "./package";
import type { Turn } from "./tell";

const es = {
  title: "¿Adónde voy?",
  intro: "Elige la amenaza y di dónde estás: aquí están el punto de encuentro y el camino a pie.",
  drawn: "Datos dibujados para la demostración: no sirven en una emergencia real.",
  hazard: "¿Qué amenaza?",
  place: "¿Dónde estás?",
  street: "Calle, esquina, lugar o coordenadas",
  hint: "Una esquina se escribe con «con» entre las dos calles. El número de la casa no se conoce.",
  find: "Buscar",
  noStreet: (text: string) => `Ninguna calle ni lugar se llama «${text}». Prueba con menos letras o con otra calle cercana.`,
  found: (n: number) => (n === 1 ? "1 resultado: elígelo." : `${n} resultados: elige uno.`),
  more: (n: number) => (n === 1 ? "Ver 1 más" : `Ver ${n} más`),
  cornerOf: (first: string, second: string) => `${first} con ${second}`,
  taken: (what: string) => `El camino sale de: ${what}.`,
  notes: (note: Note) => {
    if (note.kind === "noCrossing") return `${note.first} y ${note.second} no se cruzan en el mapa. Estas son las dos calles.`;
    if (note.kind === "crossesNone") return `${note.street} no se cruza con otra calle que tenga nombre.`;
    if (note.kind === "noStreet") return `Ninguna calle se llama «${note.street}». Esta es la otra.`;
    const which = note.several ? "Estas son las calles que pueden ser." : `Esta es la calle ${note.street}.`;
    return `No tenemos la numeración de las casas, así que no sabemos dónde queda el ${note.number}. ${which} Elígela y di en qué esquina.`;
  },
  corner: "¿En qué esquina?",
  middle: "Hacia la mitad de la calle",
  with: (name: string) => `Con ${name}`,
  locate: "Usar mi posición",
  locating: "Buscando tu posición…",
  noPosition: {
    refused: "El navegador no dio permiso para usar tu posición. Se puede cambiar en el candado junto a la dirección de la página; o escribe el nombre de una calle.",
    failed: "El teléfono no pudo saber dónde está. Prueba al aire libre, o escribe el nombre de una calle.",
    timeout: "La posición se demora demasiado. Prueba de nuevo al aire libre, o escribe el nombre de una calle.",
  },
  rough: (accuracy: string) =>
    `Tu posición es poco precisa: puede estar a ${accuracy} de donde estás. Mira si la calle de abajo es la tuya; si no, escríbela.`,
  outside: "Ese lugar está fuera de las calles que esta página conoce. Escribe el nombre de una calle cercana.",
  insecure: "Esta dirección no es segura (HTTPS): por eso el navegador no permite usar tu posición ni guardar la página para cuando no haya conexión.",
  who: "¿Quién camina?",
  whos: { adult: "Persona adulta", child: "Con niñas o niños", older: "Persona mayor", reduced_mobility: "Con movilidad reducida" } as Record<Who, string>,
  answer: (point: string, metres: string, minutes: string) => `Ve a ${point}: ${metres}, ${minutes} a pie.`,
  stay: "Ese lugar está fuera de las áreas a evacuar que tienen los datos: no hace falta salir.",
  ifTold: (point: string, metres: string, minutes: string) => `Si la alarma o las autoridades mandan salir, ve a ${point}: ${metres}, ${minutes} a pie.`,
  there: (point: string) => `Ya estás en ${point}: quédate ahí.`,
  obey: "En una emergencia manda lo que digan la alarma y las autoridades, aunque difiera de esta página.",
  helpless: "Aléjate del peligro hacia donde puedas, pide ayuda a quienes tengas cerca y sigue lo que digan la alarma y las autoridades.",
  withHelp: (who: string) => `Con ayuda quizás se pueda por otro camino: elige «${who}» en «¿Quién camina?».`,
  nameless: { meeting_points: "el punto de encuentro", safe_zones: "la zona segura" },
  kinds: { meeting_points: "Punto de encuentro", safe_zones: "Zona segura" },
  minutes: (n: number) => (n === 1 ? "1 minuto" : `${n} minutos`),
  from: (street: string) => `Desde ${street}.`,
  nowhere: "Con estos datos no hay un camino a pie desde ahí a un lugar seguro que esa persona pueda seguir sin pasar por un peligro mayor.",
  far: (metres: string) => `El lugar seguro más cercano queda a ${metres} por las calles: demasiado lejos para ir a pie.`,
  nowhereWho: "Sin camino",
  isInside: (level: string) => `Ese lugar está dentro de un área a evacuar, de nivel ${level.toLowerCase()}.`,
  noZones: "Para esta amenaza los datos no tienen áreas a evacuar.",
  way: "El camino, paso a paso",
  off: (metres: string, street: string) => `Camina ${metres} hasta ${street}.`,
  step: (turn: Turn, street: string, metres: string, to: string, mark: string | null) => {
    const beside = mark ? `Junto a ${mark}, ` : "";
    const verb = { start: `sal hacia el ${to} por`, straight: "sigue derecho por", left: "dobla a la izquierda en", right: "dobla a la derecha en", back: "vuelve atrás por" }[turn];
    return upper(`${beside}${verb} ${street}: ${metres}.`);
  },
  arrive: (point: string, walk: string | null) => `Llegas a ${point}${walk ? `, a ${walk} de la calle` : ""}.`,
  unnamed: (kind: string) => `${kind} sin nombre`,
  compass: ["norte", "nororiente", "oriente", "suroriente", "sur", "surponiente", "poniente", "norponiente"],
  profiles: "Cuánto se demora cada quien",
  columns: ["Quién", "Adónde", "Distancia", "Tiempo"],
  accessible: "Alternativa accesible",
  accessibleSame: "Con movilidad reducida el camino es el mismo, sin escaleras.",
  accessibleOther: (point: string, metres: string, minutes: string) => `Con movilidad reducida: ${point}, ${metres}, ${minutes}, sin escaleras. En el mapa, la línea punteada.`,
  accessibleNone: "Con estos datos no hay un camino sin escaleras ni pendientes fuertes a un lugar seguro desde ahí.",
  relief: ({ source, cell_m, covered_pct }: { source: string; cell_m: number; covered_pct: number }) =>
    `Los tiempos cuentan la pendiente, con alturas de «${source}», celda de ${cell_m} m, en el ${covered_pct.toLocaleString("es-CL")} % de los metros de calles.`,
  flat: "No se conocen las alturas: los tiempos y la alternativa accesible suponen terreno plano.",
  avoid: "Qué evitar",
  avoidZones: (level: string, names: string) => `Evita las áreas de nivel ${level.toLowerCase()}${names ? `: ${names}` : ""}.`,
  avoidRivers: (names: string) => `No cruces ${names}.`,
  avoidNothing: "Para esta amenaza los datos no tienen áreas ni cauces que evitar: aléjate de muros, árboles y cables, y sigue a quienes dirigen.",
  insideMetres: (metres: string) => `Del camino, ${metres} van dentro del área a evacuar, nunca por un nivel mayor que el de partida.`,
  bridges: (n: number) => (n === 1 ? "El camino pasa por un puente." : `El camino pasa por ${n} puentes.`),
  facts: (accessible: string) => `Accesible: ${accessible.toLowerCase()}`,
  usable: (area: string) => `${area} útiles`,
  water: "agua",
  toilets: "baños",
  lighting: "iluminación",
  points: "Puntos de encuentro y zonas seguras",
  map: (point: string) => `Mapa del camino a ${point}. Las mismas indicaciones están escritas en esta página.`,
  mapPlain: "Mapa del lugar y de los puntos de encuentro, que están escritos en esta página.",
  mapKeys: "Mapa que se mueve: flechas para moverlo, más y menos para acercar, cero para verlo entero",
  bigger: "Acercar",
  smaller: "Alejar",
  whole: "Todo el camino",
  start: "Aquí estás",
  metresBar: (text: string) => text,
  print: "Imprimir",
  qr: "Código QR con la dirección de esta página",
  printed: (address: string) => `Esta hoja en el teléfono: ${address}`,
  dated: (date: string) => `Datos del ${date}.`,
  sources: "De dónde salen los datos",
  kept: "Guardada en este teléfono: funciona sin conexión.",
  notKept: "No se pudo guardar la página en este teléfono: falta espacio, o la ventana es privada. Sin conexión no se abrirá. Haz espacio o ábrela en una ventana normal; si no, imprímela o guarda una foto de la pantalla.",
  offline: (date: string, old: number) =>
    `Sin conexión: se muestra lo que quedó guardado en este teléfono, con datos del ${date}.${old ? ` Tienen ${old} días y pueden haber cambiado: abre esta página cuando vuelva la conexión.` : ""}`,
  loading: "Trayendo las calles y los puntos de encuentro…",
  failed: "No se pudieron traer los datos. Revisa la conexión e intenta de nuevo. Mientras tanto, sigue lo que digan la alarma y las autoridades.",
  again: "Intentar de nuevo",
  none: "Aquí no hay amenazas ni puntos de encuentro publicados.",
  toMap: "Ver el mapa",
  other: "English",
  theme: { day: "Ver con colores claros", dark: "Ver con colores oscuros" },
};

export type Words = typeof es;

const en: Words = {
  title: "Where do I go?",
  intro: "Choose the hazard and say where you are: here are the meeting point and the way on foot.",
  drawn: "Data drawn for the demonstration: of no use in a real emergency.",
  hazard: "Which hazard?",
  place: "Where are you?",
  street: "Street, corner, place or coordinates",
  hint: "A corner is typed with “with” between its two streets. House numbers are not known.",
  find: "Find",
  noStreet: (text) => `No street or place is called “${text}”. Try fewer letters or another street nearby.`,
  found: (n) => (n === 1 ? "1 result: choose it." : `${n} results: choose one.`),
  more: (n) => (n === 1 ? "Show 1 more" : `Show ${n} more`),
  cornerOf: (first, second) => `${first} and ${second}`,
  taken: (what) => `The way starts at: ${what}.`,
  notes: (note) => {
    if (note.kind === "noCrossing") return `${note.first} and ${note.second} do not cross on the map. These are the two streets.`;
    if (note.kind === "crossesNone") return `${note.street} crosses no other street that has a name.`;
    if (note.kind === "noStreet") return `No street is called “${note.street}”. This is the other one.`;
    const which = note.several ? "These are the streets it may be." : `This is ${note.street}.`;
    return `We do not have the numbers of houses, so we do not know where ${note.number} is. ${which} Choose it and say at which corner.`;
  },
  corner: "At which corner?",
  middle: "About the middle of the street",
  with: (name) => `With ${name}`,
  locate: "Use my position",
  locating: "Looking for your position…",
  noPosition: {
    refused: "The browser did not allow your position to be used. This can be changed at the lock beside the page’s address; or type the name of a street.",
    failed: "The phone could not tell where it is. Try outdoors, or type the name of a street.",
    timeout: "The position takes too long. Try again outdoors, or type the name of a street.",
  },
  rough: (accuracy) => `Your position is rough: it may be ${accuracy} from where you are. See whether the street below is yours; if not, type it.`,
  outside: "That place is outside the streets that this page knows. Type the name of a street nearby.",
  insecure: "This address is not secure (HTTPS): that is why the browser does not allow your position to be used or the page to be kept for when there is no connection.",
  who: "Who walks?",
  whos: { adult: "An adult", child: "With children", older: "An older person", reduced_mobility: "With reduced mobility" },
  answer: (point, metres, minutes) => `Go to ${point}: ${metres}, ${minutes} on foot.`,
  stay: "That place is outside the areas to evacuate that the data have: there is no need to leave.",
  ifTold: (point, metres, minutes) => `If the alarm or the authorities tell you to leave, go to ${point}: ${metres}, ${minutes} on foot.`,
  there: (point) => `You already are at ${point}: stay there.`,
  obey: "In an emergency do as the alarm and the authorities say, even where this page differs.",
  helpless: "Get away from the danger whichever way you can, ask those near you for help, and do as the alarm and the authorities say.",
  withHelp: (who) => `With help another way may be possible: choose “${who}” in “Who walks?”.`,
  nameless: { meeting_points: "the meeting point", safe_zones: "the safe zone" },
  kinds: { meeting_points: "Meeting point", safe_zones: "Safe zone" },
  minutes: (n) => (n === 1 ? "1 minute" : `${n} minutes`),
  from: (street) => `From ${street}.`,
  nowhere: "With these data there is no way on foot from there to a safe place that this person can follow without passing through deeper danger.",
  far: (metres) => `The nearest safe place is ${metres} away along the streets: too far to walk.`,
  nowhereWho: "No way",
  isInside: (level) => `That place is inside an area to evacuate, level ${level.toLowerCase()}.`,
  noZones: "For this hazard the data have no areas to evacuate.",
  way: "The way, step by step",
  off: (metres, street) => `Walk ${metres} to ${street}.`,
  step: (turn, street, metres, to, mark) => {
    const beside = mark ? `beside ${mark}, ` : "";
    const verb = { start: `set out ${to} along`, straight: "go straight on along", left: "turn left into", right: "turn right into", back: "turn back along" }[turn];
    return upper(`${beside}${verb} ${street}: ${metres}.`);
  },
  arrive: (point, walk) => `You reach ${point}${walk ? `, ${walk} from the street` : ""}.`,
  unnamed: (kind) => `${kind} without a name`,
  compass: ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"],
  profiles: "How long each takes",
  columns: ["Who", "Where", "Distance", "Time"],
  accessible: "Accessible alternative",
  accessibleSame: "With reduced mobility the way is the same, without stairs.",
  accessibleOther: (point, metres, minutes) => `With reduced mobility: ${point}, ${metres}, ${minutes}, without stairs. On the map, the dotted line.`,
  accessibleNone: "With these data there is no way without stairs or steep slopes to a safe place from there.",
  relief: ({ source, cell_m, covered_pct }: { source: string; cell_m: number; covered_pct: number }) =>
    `Times count slopes, from heights of “${source}”, cells of ${cell_m} m, for ${covered_pct} % of the metres of streets.`,
  flat: "Heights are not known: times and the accessible alternative take the ground as flat.",
  avoid: "What to avoid",
  avoidZones: (level, names) => `Avoid the areas of level ${level.toLowerCase()}${names ? `: ${names}` : ""}.`,
  avoidRivers: (names) => `Do not cross ${names}.`,
  avoidNothing: "For this hazard the data have no areas or rivers to avoid: keep away from walls, trees and cables, and follow those in charge.",
  insideMetres: (metres) => `Of the way, ${metres} are inside the area to evacuate, never through a deeper level than where you start.`,
  bridges: (n) => (n === 1 ? "The way takes a bridge." : `The way takes ${n} bridges.`),
  facts: (accessible) => `Accessible: ${accessible.toLowerCase()}`,
  usable: (area) => `${area} usable`,
  water: "water",
  toilets: "toilets",
  lighting: "lighting",
  points: "Meeting points and safe zones",
  map: (point) => `Map of the way to ${point}. The same directions are written on this page.`,
  mapPlain: "Map of the place and the meeting points, which are written on this page.",
  mapKeys: "Map that moves: arrows to move it, plus and minus to zoom, nought to see all of it",
  bigger: "Zoom in",
  smaller: "Zoom out",
  whole: "The whole way",
  start: "You are here",
  metresBar: (text) => text,
  print: "Print",
  qr: "QR code with the address of this page",
  printed: (address) => `This sheet on the phone: ${address}`,
  dated: (date) => `Data of ${date}.`,
  sources: "Where the data come from",
  kept: "Kept on this phone: it works without a connection.",
  notKept: "The page could not be kept on this phone: there is no room, or the window is private. Without a connection it will not open. Make room or open it in a normal window; or else print it or keep a picture of the screen.",
  offline: (date, old) =>
    `No connection: what was kept on this phone is shown, with data of ${date}.${old ? ` They are ${old} days old and may have changed: open this page when the connection is back.` : ""}`,
  loading: "Bringing the streets and meeting points…",
  failed: "The data could not be brought. Check the connection and try again. Meanwhile do as the alarm and the authorities say.",
  again: "Try again",
  none: "No hazards or meeting points are published here.",
  toMap: "See the map",
  other: "Español",
  theme: { day: "Show in light colours", dark: "Show in dark colours" },
};

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const WORDS: Record<Lang, Words> = { es, en };
