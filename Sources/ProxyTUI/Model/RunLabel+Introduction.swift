internal import LoadGen
internal import ToolSupport

extension RunLabel {
  static let proof = ", proven gzip"

  /// What a new user is looking at, and what to press, in a line of at most 78 characters: of the embedded lab alone.
  static func introduction(_ lab: LabMode, lanes: Int, areProven: Bool) -> String {
    let streams = lanes < 1000 ? FieldText.streams(lanes) : "\(FieldText.count(lanes, width: 4)) streams"
    let proof = areProven ? Self.proof : ""
    switch lab {
    case .proxy: return "\(streams) via gzproxy\(proof): Enter opens one, ! breaks it, ? keys"
    case .naive: return "\(streams), all 502: a proxy's classic mistake. Enter says why, ? keys"
    case .lambda: return "\(streams) via a Lambda function\(proof): Enter opens one, ! breaks it"
    case .buffered: return "\(streams) through a function that buffers: over 6 MB is a 502. ? keys"
    }
  }
}
