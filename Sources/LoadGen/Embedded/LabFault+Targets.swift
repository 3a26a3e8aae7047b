internal import ToolSupport

extension LabFault {
  /// `fault cut`, `front rest-502`, `naive`: as menus, replies and notes name it.
  public var name: String {
    switch self {
    case .body(let name): "fault \(name)"
    case .front(let name): "front \(name)"
    case .naive: "naive"
    }
  }

  /// What streams ask for while it lasts.
  ///
  /// - Parameters:
  ///   - plan: of the run, with the lab's URLs.
  ///   - base: `http://127.0.0.1:PORT` of the lab.
  ///   - naive: the same of the chain with the classic mistake; where there is none, that fault has no streams.
  /// - Throws: `usage` when none of the plan's targets can have it.
  func targets(of plan: LoadPlan, base: String, naive: String?) throws(ToolFailure) -> [LoadTarget] {
    switch self {
    case .body(let fault):
      let changed = plan.targets.map { Self.with(fault: fault, $0, base: base) }
      guard changed != plan.targets else {
        throw .usage("\(name): no target asks for /gzip/SIZE, and gzorigin damages no other body")
      }
      return changed
    case .front(let front):
      guard var target = plan.targets.first else { return [] }
      target.url = base + "/front/" + front
      target.weight = 1
      return [target]
    case .naive:
      // In turn: one with the mistake beside one without.
      return plan.targets.flatMap { healthy in
        guard let naive, healthy.url.hasPrefix(base) else { return [healthy] }
        var broken = healthy
        broken.url = naive + healthy.url.dropFirst(base.count)
        return [healthy, broken]
      }
    }
  }

  /// The same body, damaged: of the query everything stays but another fault, and a framing that this one cannot have.
  private static func with(fault: String, _ target: LoadTarget, base: String) -> LoadTarget {
    guard target.url.hasPrefix(base + "/gzip/") else { return target }
    let parts = target.url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var words = parts.count == 2 ? parts[1].split(separator: "&").map(String.init) : []
    words.removeAll { $0.hasPrefix("fault=") || (framed.contains(fault) && $0.hasPrefix("framing=")) }
    var changed = target
    changed.url = parts[0] + "?" + (words + ["fault=\(fault)"]).joined(separator: "&")
    return changed
  }

  /// Faults of the framing itself: gzorigin gives them the one that they need.
  private static let framed: Set<String> = ["short_length", "length_and_chunked"]
}
