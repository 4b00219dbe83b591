namespace FaceAspire.Gateway.Routing;

/// <summary>The services behind the gateway, by the names that service discovery knows: <c>services__NAME__http__0</c> and on are the addresses of their replicas.</summary>
internal static class ServiceNames
{
    public const string Detection = "detection";
    public const string Recognition = "recognition";
    public const string Attributes = "attributes";

    public static IReadOnlyList<string> All { get; } = [Detection, Recognition, Attributes];
}
