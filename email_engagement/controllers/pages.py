"""Pages that are shown when there is no database to take a template from."""

LATER_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>One moment, please</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: #374151;
       background: #f9fafb; display: grid; min-height: 100vh; place-items: center; }
main { max-width: 30rem; padding: 2rem; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; color: #111827; }
@media (prefers-color-scheme: dark) {
  body { background: #1b1d26; color: #d1d5db; }
  h1 { color: #f9fafb; }
}
</style>
</head>
<body>
<main>
<h1>One moment, please</h1>
<p>The page you asked for is not available right now. This page tries again by
itself in a few seconds.</p>
</main>
</body>
</html>
"""
