import TestSupport
import Testing
import ToolSupport

@testable import ProxyCore

/// The runtime loop against a model of the Runtime API, for the time of one test.
func withRuntime<Result>(
  _ model: RuntimeModel, upstream: String, workers: Int = 1,
  _ change: (inout ProxyConfiguration, inout LambdaSettings) -> Void = { _, _ in },
  _ body: (LambdaRuntime) async throws -> Result
) async throws -> Result {
  var configuration = ProxyConfiguration(listen: .nowhere, upstream: try UpstreamTarget(url: upstream), threads: 1)
  configuration.accessLog.destination = .file("/dev/null")
  var settings = LambdaSettings(
    api: try RuntimeAddress("127.0.0.1:\(model.port)"), concurrency: workers, isManaged: workers > 1)
  change(&configuration, &settings)
  let runtime = try await LambdaRuntime.start(configuration, settings)
  do {
    let result = try await body(runtime)
    await runtime.shutdown(within: .zero)
    return result
  } catch {
    await runtime.shutdown(within: .zero)
    throw error
  }
}

extension RuntimeModel {
  /// Waits until that many invocations have been answered.
  func answered(_ count: Int, within limit: Duration = .seconds(10)) async throws -> [Upload] {
    #expect(await eventually(within: limit) { uploads.count >= count }, "answers: \(uploads.count) of \(count)")
    return uploads
  }

  /// What one event comes to.
  static func outcome(
    of event: String, fields: String = "", time: Int? = nil, upstream: String, workers: Int = 1,
    _ change: (inout ProxyConfiguration, inout LambdaSettings) -> Void = { _, _ in }
  ) async throws -> Upload {
    let model = try RuntimeModel([Event(id: "id-1", body: event, fields: fields, time: time)])
    return try await withRuntime(model, upstream: upstream, workers: workers, change) { _ in
      let upload = try #require(try await model.answered(1).first)
      // A runtime that serves on asks again.
      #expect(await eventually { model.parked == workers })
      return upload
    }
  }
}
