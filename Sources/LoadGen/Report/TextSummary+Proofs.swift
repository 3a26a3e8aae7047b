// The kept failures, as proof.
extension TextSummary {
  /// The first failure of each kind. The JSON report has them all.
  mutating func proofs() {
    var seen: Set<String> = []
    let firsts = report.evidence.filter { seen.insert("\($0.outcome) \($0.cause ?? "")").inserted }
    guard !firsts.isEmpty else { return }
    layout.line()
    layout.line(style.strong("evidence") + " (the first of each kind; the JSON report has more)")
    for entry in firsts.prefix(Self.maximumProofs) { proof(entry) }
    if firsts.count > Self.maximumProofs { layout.item("and \(firsts.count - Self.maximumProofs) more kinds") }
  }

  private mutating func proof(_ entry: EvidenceEntry) {
    let status = entry.status.map { "status \($0)" } ?? "no response"
    let what = [entry.outcome, entry.cause].compactMap { $0 }.joined(separator: ", ")
    layout.item("stream \(entry.stream): \(what)" + (entry.outcome == status ? "" : ", \(status)"), style: style.bad)
    if report.options.urls.count > 1 { layout.paragraph(entry.url, indent: 4) }
    for header in entry.headers.prefix(Self.maximumHeaders) {
      layout.line("    " + Self.clipped("\(header.name): \(header.value)", TextLayout.width - 4))
    }
    if entry.headers.count > Self.maximumHeaders {
      let rest = entry.headers.count - Self.maximumHeaders
      layout.line("    and \(rest) more \(rest == 1 ? "header" : "headers")")
    }
    if let text = ByteText.readable(entry.bodyHead, limit: 60) { layout.line("    begins  \(text)") }
    if !entry.bodyTailHex.isEmpty { layout.line("    ends    \(entry.bodyTailHex)") }
    // A cause's advice stands beside its count already.
    if entry.cause == nil, !entry.advice.isEmpty { layout.paragraph("→ \(entry.advice)", indent: 4) }
  }

  private static func clipped(_ text: String, _ width: Int) -> String {
    let clean = TextLayout.clean(text)
    return clean.count <= width ? clean : clean.prefix(width - 1) + "…"
  }

  private static let maximumProofs = 8
  private static let maximumHeaders = 12
}
