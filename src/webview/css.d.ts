// esbuild gathers the imported stylesheets into panel.css.
declare module '*.css';
