/// What Lambda is told of a failure: `errorType`, `errorMessage`, and an empty `stackTrace`.
struct ErrorReport: Sendable, Equatable {
  /// `Function.…` or `Runtime.…` with letters only after the dot: Lambda makes `Runtime.Unknown` of anything else.
  let type: String
  let message: String
  /// The proxy's own id of the request.
  var requestID: String?

  init(type: String, message: String, requestID: String? = nil) {
    self.type = type
    self.message = message
    self.requestID = requestID
  }

  init(_ cause: ProxyCause, requestID: String?) {
    let words = cause.rawValue.split(separator: "_")
    type = "Function." + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    message = cause.row.title
    self.requestID = requestID
  }

  var json: String {
    var text = JSONText()
    text.object { text in
      text.field("errorMessage", message)
      text.field("errorType", type)
      text.array("stackTrace") { _ in }
      if let requestID { text.field("requestId", requestID) }
    }
    return text.text
  }
}
