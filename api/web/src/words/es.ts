/** Every sentence that people read on the map, in Spanish. `en.ts` says the same. */

const many = (n: number, one: string, more: string) => `${n.toLocaleString("es-CL")} ${n === 1 ? one : more}`;

export const es = {
  appTitle: "Plan comunal en el mapa",
  question: "¿Qué hay y qué viene en tu barrio?",
  languages: "Idioma",
  theme: { toDark: "Cambiar a fondo oscuro", toDay: "Cambiar a fondo claro" },
  loading: "Cargando…",
  back: "Volver",
  home: "Inicio",
  close: "Cerrar",

  routes: {
    plan: "Ver las iniciativas",
    planHint: "El plan completo y los lugares donde actúa",
    emergency: "¿Adónde voy en una emergencia?",
    emergencyHint: "Amenazas, vías y puntos de encuentro",
    layers: "Capas del territorio",
    layersHint: "Barrios, áreas verdes, riesgos y más",
  },

  coming: {
    title: "Lo que viene",
    here: "En la parte visible del mapa",
    none: "No hay iniciativas con lugar en esta parte del mapa.",
    data: "Los mismos datos, para programas",
  },

  search: {
    label: "Busca una calle, una esquina, un lugar o una iniciativa",
    placeholder: "Calle, esquina, lugar o iniciativa",
    clear: "Borrar la búsqueda",
    locate: "Usar mi posición",
  },

  plan: {
    invented: "inventado",
  },

  layers: {
    showAll: (n: number) => `Ver las ${n}`,
    title: "Capas del territorio",
    intro: "Enciende y apaga lo que muestra el mapa.",
    switch: (layer: string) => `Mostrar ${layer}`,
    count: (n: number) => many(n, "elemento", "elementos"),
    about: "Fuente, tabla y descarga",
    source: "Fuente",
    date: "Fecha",
    method: "Método",
    custodian: "Responsable",
    licence: "Licencia",
    illustrative: "ilustrativa",
    reset: "Volver a las capas iniciales",
    list: (layer: string) => `Lista de ${layer}`,
    inView: "En la parte visible del mapa",
    all: "Toda la comuna",
    noneInView: "No hay ninguno en la parte visible del mapa. Aleja o mueve el mapa.",
    none: "Esta capa todavía no tiene datos.",
    more: (n: number) => `Hay ${n.toLocaleString("es-CL")} más. Acerca el mapa para ver menos.`,
    data: "Datos en JSON",
    empty: "Todavía no hay capas. El municipio las está preparando.",
  },

  feature: {
    unnamed: "Sin nombre",
    page: "Ver la ficha de este lugar",
    facts: "Datos",
    yes: "Sí",
    no: "No",
    hazard: (hazards: string) => `Frente a: ${hazards}.`,
    people: (people: string, dwellings: string) => `Viven aquí ${people} personas en ${dwellings} viviendas.`,
    planted: (area: string, trees: string | null) =>
      `Tiene ${area} con vegetación${trees ? ` y ${trees} árboles` : ""}.`,
    until: (day: string) => `Vigente hasta el ${day}.`,
    since: (day: string) => `Vigente desde el ${day}.`,
    accuracy: (m: string) => `Su posición es aproximada: ± ${m}.`,
    illustrative: "Dibujo ilustrativo, hecho para la demostración.",
    source: "Fuente",
    updated: (day: string) => `Actualizado el ${day}.`,
    custodian: (who: string) => `Responsable: ${who}.`,
    licence: (name: string) => `Licencia: ${name}.`,
    json: "Ver los datos en JSON",
    code: "Código",
    under: "También aquí",
    place: "Ver en el mapa",
    layerOff: "Esta capa está apagada en el mapa.",
    gone: "Ya no existe, o nunca existió",
    goneHint: "El enlace puede ser antiguo. Búscalo por su nombre.",
  },

  here: {
    title: "En este punto",
    count: (n: number) => `Hay ${many(n, "cosa", "cosas")} bajo el punto que tocaste.`,
    base: "En el mapa base",
  },

  map: {
    tools: "Herramientas",
    whole: "Ver el mapa completo",
    moment: (on: string, asOf: string) =>
      [on ? `Vigente el ${on}` : "", asOf ? `según el registro del ${asOf}` : ""].filter(Boolean).join(", "),
    now: "Volver a hoy",
    name: "Mapa",
    title: "Mapa. Flechas para moverlo, más y menos para acercar, Intro para saber qué hay en el centro.",
    zoomIn: "Acercar",
    zoomOut: "Alejar",
    north: "Girar al norte",
    home: "Ver toda la ciudad",
    locate: "Ver dónde estoy",
    legend: "Leyenda",
    layers: (n: number) => `Capas · ${n}`,
    sources: "Fuentes",
    sourcesList: "Fuentes de los datos visibles",
    drawnBy: "Mapa dibujado con MapLibre; datos propios del municipio.",
    demo: "Datos de demostración: ilustrativos",
    absent: "Este navegador no puede dibujar el mapa.",
    absentHint: "Todo lo demás funciona: busca por nombre, mira el plan y las listas de cada capa.",
    waiting: "Dibujando el mapa…",
    nothing: "No hay nada dibujado en el centro del mapa.",
    panel: "Información",
    sheet: {
      title: "Panel plegado. Abrir a media altura",
      half: "Panel a media altura. Abrir entero",
      full: "Panel entero. Plegar",
    },
  },

  fault: {
    offline: "Sin conexión a la red.",
    offlineHint: "Se ve lo que ya se había cargado.",
    unreachable: "El servidor no responde.",
    unreachableHint: "Revisa tu conexión y vuelve a intentarlo.",
    server: "Algo falló en el servidor.",
    serverHint: "Vuelve a intentarlo en un momento.",
    retry: "Reintentar",
    panel: "No se pudo abrir esta parte.",
    panelHint: "Quizá hay una versión nueva del mapa. «Reintentar» carga la página de nuevo y todo queda como está.",
  },
};

export type Words = typeof es;
