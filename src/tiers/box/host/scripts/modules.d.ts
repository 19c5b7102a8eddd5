/** Scripts and style sheets are imported as text: the bundler (scripts/build.mjs) and jest (jest.config.js) both embed them. */
declare module '*.sh' {
  const text: string;
  export default text;
}

declare module '*.sql' {
  const text: string;
  export default text;
}

declare module '*.css' {
  const text: string;
  export default text;
}

declare module '*.browser.js' {
  const text: string;
  export default text;
}
