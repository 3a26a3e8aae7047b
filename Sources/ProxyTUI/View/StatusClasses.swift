/// Ended streams by the hundreds of their status.
struct StatusClasses: Equatable {
  var success = 0
  var redirection = 0
  var clientError = 0
  var serverError = 0
  /// Without an answer.
  var none = 0
  /// Not a status of HTTP.
  var other = 0

  init(_ status: [Int: Int]) {
    for (code, count) in status {
      switch code {
      case 0: none &+= count
      case 200..<300: success &+= count
      case 300..<400: redirection &+= count
      case 400..<500: clientError &+= count
      case 500..<600: serverError &+= count
      default: other &+= count
      }
    }
  }
}
