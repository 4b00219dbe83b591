using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Scalar.AspNetCore;

namespace FaceAspire.Edge.OpenApi;

/// <summary>The reference of the API for people, at <c>/scalar</c>. Everything on the page comes from this host: its policy lets the browser fetch nothing from elsewhere.</summary>
internal static class ReferencePage
{
    // Its script renders styles, icons and workers of its own; it needs no other host, no frame and no eval.
    private const string Policy =
        "default-src 'none'; script-src 'self' 'nonce-{0}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; " +
        "worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapScalarApiReference(static scalar =>
        {
            scalar.Title = "FaceAspire";
            scalar.OpenApiRoutePattern = OpenApiDocument.Path;
            scalar.DynamicNonce = true;

            // What would lead to other hosts: fonts, counting of calls, a chat, a hosted client, sharing.
            scalar.DefaultFonts = false;
            scalar.Telemetry = false;
            scalar.DisableAgent();
            scalar.Mcp = new() { Disabled = true };
            scalar.HideClientButton = true;
            scalar.ShowDeveloperTools = DeveloperToolsVisibility.Never;
        })
        .Add(static endpoint =>
        {
            var answer = endpoint.RequestDelegate;
            endpoint.RequestDelegate = context =>
            {
                context.Response.OnStarting(SetPolicy, context);
                return answer!(context);
            };
        });

    private static Task SetPolicy(object state)
    {
        var context = (HttpContext)state;
        if (context.Items.TryGetValue(ScalarOptions.NonceHttpContextItemKey, out object? nonce))
        {
            context.Response.Headers.ContentSecurityPolicy = Policy.Replace("{0}", nonce?.ToString(), StringComparison.Ordinal);
        }

        return Task.CompletedTask;
    }
}
