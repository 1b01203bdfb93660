declare module "virtual:maki/common" {
  const shapes: Record<string, string>;
  export default shapes;
}
declare module "virtual:maki/rest" {
  const shapes: Record<string, string>;
  export default shapes;
}
