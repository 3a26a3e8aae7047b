internal import NIOCore

/// The fixed pages.
enum Page {
  static let index = """
    gzorigin: deterministic gzip streams, and every way they go wrong.

    \(catalog)

    """

  /// What can be asked for; also in `gzorigin --help`.
  static let catalog = """
      /gzip/SIZE     one gzip body of SIZE decoded bytes (64KiB, 5GiB, up to 1TiB)
        framing=length|chunked|close  chunk=32KiB  pace=1MiB  delay=200ms
        ratio=1…200  members=1…1000  seed=0
        fault=NAME[@POSITION]  bytes or percent of the wire body (50%):
          \(faultLines)
      /front/NAME    how what stands before a function answers when it fails:
          \(frontLines)
      /hello         a greeting, one character every 50 ms
      /stats         what was served, as JSON
    """

  private static let faultLines = lines(
    Fault.Name.allCases.map { $0.rawValue + (Fault.takesPosition.contains($0) ? "[@POSITION]" : "") })
  private static let frontLines = lines(Front.allCases.map(\.rawValue))

  private static func lines(_ words: [String]) -> String {
    var lines = [""]
    for word in words {
      let last = lines.count - 1
      if lines[last].count + word.count > 68 {
        lines.append(word)
      } else {
        lines[last] += (lines[last].isEmpty ? "" : " ") + word
      }
    }
    return lines.joined(separator: "\n      ")
  }

  static let greeting = "Hello! This is streaming from gzorigin.\n"

  /// One character a chunk, twenty a second.
  static var hello: ResponsePlan {
    ResponsePlan(
      head: ResponseHead(
        status: 200,
        fields: [
          HeaderField("Content-Type", "text/plain; charset=utf-8"), HeaderField("Cache-Control", "no-store"),
          HeaderField("Transfer-Encoding", "chunked"),
        ]), segments: [.text(greeting)], chunk: 1, pace: 20)
  }
}
