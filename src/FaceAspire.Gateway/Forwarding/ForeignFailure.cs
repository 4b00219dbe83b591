namespace FaceAspire.Gateway.Forwarding;

/// <summary>A failure that something between here and the service answered, such as the ingress of a platform whose replica is just starting, or the server of the service before any of its code: not in the API's envelope, so not passed on.</summary>
/// <param name="Status">Its status.</param>
internal sealed record ForeignFailure(int Status);
