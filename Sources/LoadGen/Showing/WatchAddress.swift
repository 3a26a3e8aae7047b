internal import ToolSupport

/// What `--watch` names: the stats of a gzproxy or a gzlambda.
struct WatchAddress: Equatable {
  /// With the path; gzproxy's where none was given.
  let url: String
  /// Nobody said which stats are meant: gzlambda's are tried too.
  let isOpen: Bool

  /// - Throws: `usage`.
  init(parsing text: String) throws(ToolFailure) {
    let checked: String
    do {
      checked = try TargetURL.checked(text)
    } catch {
      throw .usage("--watch \(error.message)")
    }
    let start = checked.firstRange(of: "://")?.upperBound ?? checked.startIndex
    let path = checked[start...].drop { $0 != "/" && $0 != "?" }
    isOpen = path.isEmpty || path == "/"
    let base = path == "/" ? String(checked.dropLast()) : checked
    url = isOpen ? base + TargetStats.path : checked
  }

  /// Where gzlambda would tell it; nil when a path was given.
  var lambdaURL: String? { isOpen ? String(url.dropLast(TargetStats.path.count)) + TargetStats.lambdaPath : nil }
}
