// models/gestures.json of the repository: taken in by the bundler, typed where it is used.
declare module '*.json' {
  const value: unknown;
  export default value;
}
