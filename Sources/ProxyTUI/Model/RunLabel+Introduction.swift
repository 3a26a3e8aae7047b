internal import LoadGen
internal import ToolSupport

extension RunLabel {
  /// What a new user is looking at, and what to press: of the embedded lab alone.
  static func introduction(_ lab: LabMode, lanes: Int, areProven: Bool) -> String {
    let streams = "\(HumanText.grouped(lanes)) \(lanes == 1 ? "stream goes" : "streams go")"
    let keys = "Enter opens one, ! breaks something, ? keys"
    let proof = areProven ? ", each proven gzip" : ""
    switch lab {
    case .proxy: return "\(streams) through gzproxy from gzorigin\(proof); \(keys)"
    case .naive: return "\(streams) through a proxy with the classic mistake: each is a 502; \(keys)"
    case .lambda: return "\(streams) through gzproxy in a Lambda function\(proof); \(keys)"
    case .buffered: return "\(streams) through a function that does not stream: over 6 MB is a 502; \(keys)"
    }
  }
}
