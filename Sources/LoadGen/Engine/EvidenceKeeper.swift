/// Keeps the first few failed streams of each kind, and no more however long the run is.
///
/// A kind is the reason with its cause (`status 502` for `function_error`). At most `Evidence.perKind` pieces of each
/// of at most `maximumKinds` kinds are kept.
struct EvidenceKeeper: Sendable {
  static let maximumKinds = 64

  private var kept: [Kind: [Evidence]] = [:]

  private struct Kind: Hashable {
    var reason: String
    var cause: FailureCause?
  }

  /// Whether a piece of this kind would be kept: asked first, because making one copies the head.
  func wants(reason: String, cause: FailureCause?) -> Bool {
    let kind = Kind(reason: reason, cause: cause)
    guard let pieces = kept[kind] else { return kept.count < Self.maximumKinds }
    return pieces.count < Evidence.perKind
  }

  mutating func keep(_ evidence: Evidence) {
    guard wants(reason: evidence.outcome, cause: evidence.cause) else { return }
    kept[Kind(reason: evidence.outcome, cause: evidence.cause), default: []].append(evidence)
  }

  /// The other's first pieces and these, the earliest streams of each kind.
  mutating func merge(_ other: EvidenceKeeper) {
    for (kind, pieces) in other.kept {
      guard kept[kind] != nil || kept.count < Self.maximumKinds else { continue }
      let all = (kept[kind, default: []] + pieces).sorted { $0.stream < $1.stream }
      kept[kind] = Array(all.prefix(Evidence.perKind))
    }
  }

  /// By stream number.
  var all: [Evidence] { kept.values.flatMap { $0 }.sorted { $0.stream < $1.stream } }
}
