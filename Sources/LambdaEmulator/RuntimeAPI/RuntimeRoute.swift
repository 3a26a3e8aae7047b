internal import NIOHTTP1

/// What a runtime asks for, by method and path.
enum RuntimeRoute: Equatable {
  case next
  case response(id: String)
  case error(id: String)
  case initError
  case ping
  case notFound
  case methodNotAllowed

  init(_ method: HTTPMethod, _ uri: String) {
    let path = uri.prefix { $0 != "?" }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    guard parts.first == "2018-06-01" else {
      self = .notFound
      return
    }
    let (route, wanted): (RuntimeRoute, HTTPMethod) =
      switch Array(parts.dropFirst()) {
      case ["ping"]: (.ping, .GET)
      case ["runtime", "invocation", "next"]: (.next, .GET)
      case ["runtime", "init", "error"]: (.initError, .POST)
      case let words where words.count == 4 && words.starts(with: ["runtime", "invocation"]) && words[3] == "response":
        (.response(id: words[2]), .POST)
      case let words where words.count == 4 && words.starts(with: ["runtime", "invocation"]) && words[3] == "error":
        (.error(id: words[2]), .POST)
      default: (.notFound, method)
      }
    self = method == wanted ? route : .methodNotAllowed
  }
}
