"""Reports on finished cells: Markdown, HTML, JSON and figures."""
