/// What the Runtime API answers, in the words of AWS's open-source supervisor.
struct RuntimeAnswer: Equatable, Sendable {
  var status: Int
  var type = "application/json"
  var body: String
  /// Whether the connection ends with it: where the rest of an upload is not wanted.
  var closes = false

  static let accepted = RuntimeAnswer(status: 202, body: #"{"status":"OK"}"# + "\n")
  static let pong = RuntimeAnswer(status: 200, type: plain, body: "pong")
  static let notFound = RuntimeAnswer(status: 404, type: plain, body: "404 page not found\n")
  static let methodNotAllowed = RuntimeAnswer(status: 405, type: plain, body: "")
  static let badRequest = RuntimeAnswer(status: 400, type: plain, body: "400 Bad Request", closes: true)
  static let invalidRequestID = error(400, "InvalidRequestID", "Invalid request ID")
  static let invalidResponseMode = error(400, "InvalidFunctionResponseMode", "Invalid function response mode")
  static let truncated = error(400, "TruncatedHTTPRequest", "HTTP request detected as truncated")
  static let invokeTimeout = error(410, "InvokeTimeout", "Invoke timeout")
  static let tooLarge = error(
    413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (\(Limits.payload) bytes).")
  static let internalError = error(500, "InternalServerError", "Internal Server Error")

  static func invalidTransition(from: String, to: String) -> RuntimeAnswer {
    error(
      403, "InvalidStateTransition",
      "State transition from \(from) to \(to) failed for runtime. Error: State transition is not allowed")
  }

  static let initErrorTwice = invalidTransition(from: "InitError", to: "InitError")

  var closing: RuntimeAnswer {
    var copy = self
    copy.closes = true
    return copy
  }

  private static let plain = "text/plain; charset=utf-8"

  /// None of these texts needs an escape.
  private static func error(_ status: Int, _ type: String, _ message: String) -> RuntimeAnswer {
    RuntimeAnswer(status: status, body: #"{"errorMessage":"\#(message)","errorType":"\#(type)"}"# + "\n")
  }
}
