/// A request that gets no body of ours: the status, and one line that names the thing and what is allowed.
struct Problem: Error, Equatable {
  var status: Int
  var text: String
  /// `Allow` of a 405, `Content-Range` of a 416.
  var fields: [HeaderField] = []

  static func bad(_ text: String) -> Problem { Problem(status: 400, text: text) }
}

struct HeaderField: Equatable, Sendable {
  var name: String
  var value: String

  init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
