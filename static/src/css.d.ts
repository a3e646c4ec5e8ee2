// esbuild gives a style sheet that a module imports as its text.
declare module '*.css' {
  const text: string;
  export default text;
}
