//! The paper of a chart: it has a title and a description for those who cannot see it, and suits light and dark pages.

use std::fmt::Write as _;

pub(super) const WIDTH: f64 = 960.0;
/// Left free on each side.
pub(super) const MARGIN: f64 = 28.0;

pub(super) struct Picture(String);

const STYLE: &str = "
  :root { color-scheme: light dark; }
  svg { --ink: #1d2733; --soft: #5b6875; --line: #b4bfc8; --ground: #eef2f5; --door: #1f5f8b; --other: #8a97a3; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e6edf3; --soft: #9fb0bf; --line: #3d4a56; --ground: #11171d; --door: #6db3e0; --other: #7b8996; }
  }
  text { font: 14px system-ui, -apple-system, \"Segoe UI\", \"DejaVu Sans\", sans-serif; fill: var(--ink); }
  .head { font-size: 18px; font-weight: 600; }
  .small { font-size: 13px; fill: var(--soft); }
  .number { font-size: 13px; font-variant-numeric: tabular-nums; paint-order: stroke; stroke: var(--ground); stroke-width: 3px; }
  .middle { text-anchor: middle; }
  .end { text-anchor: end; }
  .other { fill: var(--other); }
  .ours { fill: var(--door); }
  .axis { stroke: var(--line); stroke-width: 1; }
  .range { stroke: var(--ink); stroke-width: 1.5; }
  .curve { fill: none; stroke-width: 2.5; }
  .curve.other { stroke: var(--other); stroke-dasharray: 7 4; fill: none; }
  .curve.ours { stroke: var(--door); fill: none; }
";

impl Picture {
    pub(super) fn new() -> Self {
        Self(String::new())
    }

    pub(super) fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        let text = escaped(text);
        let _ = writeln!(self.0, "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\">{text}</text>");
    }

    pub(super) fn bar(&mut self, [x, y, width, height]: [f64; 4], class: &str) {
        let _ = writeln!(
            self.0,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"2\" class=\"{class}\"/>"
        );
    }

    pub(super) fn line(&mut self, [x1, y1, x2, y2]: [f64; 4], class: &str) {
        let _ =
            writeln!(self.0, "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" class=\"{class}\"/>");
    }

    /// A line through points, each with a dot.
    pub(super) fn curve(&mut self, points: &[(f64, f64)], class: &str) {
        let path: String = points.iter().map(|(x, y)| format!("{x:.1},{y:.1} ")).collect();
        let _ = writeln!(self.0, "<polyline points=\"{}\" class=\"curve {class}\"/>", path.trim_end());
        for (x, y) in points {
            let _ = writeln!(self.0, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" class=\"{class}\"/>");
        }
    }

    /// All of it, so high, with what it is and what it says.
    pub(super) fn finish(self, height: f64, title: &str, about: &str) -> String {
        let (title, about, body) = (escaped(title), escaped(about), self.0);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH:.0} {height:.0}\" role=\"img\" \
             aria-labelledby=\"title about\">\n<title id=\"title\">{title}</title>\n<desc id=\"about\">{about}</desc>\n\
             <style>{STYLE}</style>\n<rect width=\"{WIDTH:.0}\" height=\"{height:.0}\" rx=\"12\" style=\"fill: \
             var(--ground)\"/>\n{body}</svg>\n"
        )
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
