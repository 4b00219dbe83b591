using FaceAspire.Edge.Access;
using FaceAspire.Edge.Limits;
using FaceAspire.Edge.OpenApi;
using FaceAspire.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FaceAspire.Edge;

/// <summary>What faces the outside, once, whatever is behind it: keys, rate limits, pages of other origins, the path base, and the description of the API.</summary>
public static class EdgeModule
{
    /// <summary>Adds what the edge needs.</summary>
    public static IHostApplicationBuilder AddEdge(this IHostApplicationBuilder builder)
    {
        builder.AddEnvironmentOptions<EdgeOptions>();
        builder.Services.AddSingleton<ApiKeyList>();
        builder.Services.AddSingleton<ClientLimits>();
        builder.Services.AddSingleton<OpenApiDocument>();
        builder.Services.AddCors();
        builder.Services.AddSingleton<ICorsPolicyProvider, OriginPolicy>();
        return builder;
    }

    /// <summary>Adds the edge's middleware, to be run inside request ids and error envelope, and before routing: <c>app.UseServiceDefaults(static edge => edge.UseEdge())</c>.</summary>
    public static IApplicationBuilder UseEdge(this IApplicationBuilder app) => app.Use(next =>
    {
        // Run when the pipeline is built, after the settings were checked: a wrong one is a line of the start, not an exception here.
        var options = app.ApplicationServices.GetRequiredService<IOptions<EdgeOptions>>().Value;
        var edge = app.New();
        if (options.PathBase.Length > 0)
        {
            edge.UsePathBase(options.PathBase);
        }

        if (options.Origins.Count > 0)
        {
            edge.UseCors(); // before the keys: a browser asks without one whether it may send one
        }

        edge.UseMiddleware<AccessMiddleware>();
        edge.Run(next);
        return edge.Build();
    });

    /// <summary>Maps <c>GET /openapi/v1.json</c> and the reference page <c>/scalar</c>.</summary>
    public static IEndpointRouteBuilder MapEdge(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(OpenApiDocument.Path, static (HttpContext context, OpenApiDocument document) => document.Answer(context));
        ReferencePage.Map(routes);
        return routes;
    }
}
