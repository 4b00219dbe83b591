namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>A request that can be sent more than once.</summary>
/// <param name="Status">What it leads to: status, and the error code where there is one.</param>
/// <param name="Make">Makes it.</param>
internal sealed record ApiRequest(string Status, Func<HttpRequestMessage> Make);
