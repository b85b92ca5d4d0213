/* Odoo's own rules for its web client (web/tooling/_eslintrc.json), for today's ESLint. */

// The packages are not beside this file but in the folder of the development environment.
const modules = `${__dirname}/.dev/node/node_modules`;
const js = require(`${modules}/@eslint/js`);
const globals = require(`${modules}/globals`);

module.exports = [
    js.configs.recommended,
    {
        files: ["**/static/**/*.js"],
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: {
                ...globals.browser,
                ...globals.es2021,
                Chart: "readonly", // the bundle "web.chartjs_lib"
                luxon: "readonly",
                odoo: "readonly",
            },
        },
    },
    {
        files: ["**/*.cjs"],
        languageOptions: { sourceType: "commonjs", globals: globals.node },
    },
    {
        rules: {
            "arrow-body-style": ["error", "as-needed"],
            curly: ["error", "all"],
            "no-duplicate-imports": "error",
            "no-restricted-globals": ["error", "event", "self"],
            "no-restricted-syntax": ["error", "PrivateIdentifier"],
            "no-unused-vars": ["error", { vars: "all", args: "none", caughtErrors: "all" }],
            "prefer-const": ["error", { destructuring: "all", ignoreReadBeforeAssign: true }],
        },
    },
];
