internal import ToolSupport

/// The requests of a run at one time: a value that is replaced as a whole.
final class RequestTable: Sendable {
  /// All that the run has had, by index.
  let targets: [LoadTarget]
  let requests: [TargetRequest]
  /// Those that new streams send; never empty.
  private let active: [Int]
  private let picker: TargetPicker

  /// - Parameters:
  ///   - requests: of the targets, in their order.
  ///   - active: indexes of those that new streams send.
  init(targets: [LoadTarget], requests: [TargetRequest], active: [Int], seed: UInt64) {
    self.targets = targets
    self.requests = requests
    self.active = active
    picker = TargetPicker(weights: active.map { targets[$0].weight }, seed: seed)
  }

  func request(of stream: Int) -> TargetRequest { requests[active[picker.target(of: stream)]] }

  /// One whose new streams send these targets, each of which keeps its index or gets the next one.
  func activating(_ wanted: [LoadTarget], atMost limit: Int, plan: LoadPlan) throws(ToolFailure) -> RequestTable {
    guard !wanted.isEmpty else { throw .usage("no target: give at least one URL") }
    var (targets, requests) = (targets, requests)
    var active: [Int] = []
    for target in wanted {
      if let known = targets.firstIndex(of: target) {
        active.append(known)
        continue
      }
      guard targets.count < limit else {
        throw .usage("the run has \(HumanText.grouped(targets.count)) targets, and no more can be added to it")
      }
      requests.append(try request(for: target, index: targets.count, plan))
      active.append(targets.count)
      targets.append(target)
    }
    return RequestTable(targets: targets, requests: requests, active: active, seed: plan.seed)
  }

  /// Its body is one that is there already: files were opened, and bytes hashed, before the run.
  private func request(for target: LoadTarget, index: Int, _ plan: LoadPlan) throws(ToolFailure) -> TargetRequest {
    try CurlLibrary.check(target: target.url)
    guard let twin = targets.firstIndex(where: { $0.body == target.body }) else {
      throw .usage("\(OptionText.shown(target.url)): its body is none that the run has sent before")
    }
    return try TargetRequest(
      index: index, target: target, plan: plan, content: requests[twin].body, payloadHash: requests[twin].payloadHash)
  }
}
