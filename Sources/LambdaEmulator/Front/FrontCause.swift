/// Why a front answers in the function's place.
enum FrontCause: String, CaseIterable, Sendable {
  /// The function said so, crashed or ended.
  case functionError = "function-error"
  case timeout
  /// A buffered response of the wrong shape.
  case malformedResponse = "malformed-response"
  case responseTooLarge = "response-too-large"
  case requestTooLarge = "request-too-large"
  /// More invocations than the concurrency allows; on Managed Instances, no worker asks for work.
  case throttled
  /// A streamed response that does not begin with a prelude although the front needs one.
  case preludeInvalid = "prelude-invalid"
  /// A streamed response that ended before its prelude did.
  case preludeMissing = "prelude-missing"
  /// A method that the front takes nothing of.
  case methodRefused = "method-refused"
  /// No HTTP/1.1 request at all.
  case badRequest = "bad-request"
}
