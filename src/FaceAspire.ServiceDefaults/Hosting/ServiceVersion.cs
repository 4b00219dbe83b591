using System.Reflection;

namespace FaceAspire.ServiceDefaults.Hosting;

/// <summary>The version of the product, as health and <c>GET /</c> answer it.</summary>
public static class ServiceVersion
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Text { get; } = typeof(ServiceVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
