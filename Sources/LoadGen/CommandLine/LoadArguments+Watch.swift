internal import ToolSupport

extension LoadArguments {
  func setWatch(_ plan: inout LoadPlan) throws(ToolFailure) {
    guard judging.watchPid != nil || judging.watchURL != nil else { return }
    let option = judging.watchPid == nil ? "--watch-url" : "--watch-pid"
    guard target.embedded == nil else { throw .usage("\(option): the lab's proxy is watched already; drop it") }
    plan.watch = WatchTarget(
      pid: try judging.watchPid.map(Self.watchedPid), url: try judging.watchURL.map(Self.watchedURL))
  }

  private static func watchedPid(_ text: String) throws(ToolFailure) -> Int32 {
    guard let pid = Int32(text), pid > 0 else {
      throw OptionText.refusal("--watch-pid", text, "must be the number of a process, as ps shows it")
    }
    #if os(Linux)
      guard ProcessTree.exists(pid) else {
        throw OptionText.refusal("--watch-pid", text, "there is no such process, or /proc does not show it")
      }
      return pid
    #else
      throw OptionText.refusal("--watch-pid", text, "works on Linux only; see --watch-url")
    #endif
  }

  /// A URL without a path means gzproxy's own.
  static func watchedURL(_ text: String) throws(ToolFailure) -> String {
    let url: String
    do {
      url = try TargetURL.checked(text)
    } catch {
      throw .usage("--watch-url \(error.message)")
    }
    let rest = url[(url.firstRange(of: "://")?.upperBound ?? url.startIndex)...].drop { $0 != "/" && $0 != "?" }
    guard rest.isEmpty || rest == "/" else { return url }
    return (rest.isEmpty ? url : String(url.dropLast())) + TargetStats.path
  }
}
