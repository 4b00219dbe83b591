using System.Net.Http.Json;
using System.Text.Json;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Requests;
using FaceAspire.ServiceDefaults.Binding;
using FaceAspire.ServiceDefaults.Images;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(FaceAspire.ServiceDefaults.Tests.ServiceFixture))]

namespace FaceAspire.ServiceDefaults.Tests;

/// <summary>A service with the defaults and routes that do what a test needs, on a real port.</summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    /// <summary>Small, so that limits are met with small bodies.</summary>
    public const int MaxImageBytes = 10_000;

    private WebApplication? _app;

    /// <summary>Decompresses nothing, follows nothing.</summary>
    public HttpClient Client { get; private set; } = null!;

    public Uri Address => Client.BaseAddress!;

    /// <summary>Ends when a request has reached <c>/hang</c>.</summary>
    public TaskCompletionSource Came { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the handler of <c>/hang</c> was told to stop.</summary>
    public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask InitializeAsync()
    {
        _app = Build(new() { ["MAX_IMAGE_BYTES"] = $"{MaxImageBytes}" }, app =>
        {
            app.MapPost("/bound", static (Bound<RepresentRequest> request) => Describe(request.Value));
            app.MapPost("/bound2", static (Bound<VerifyRequest> request) => $"{request.Value.Img1.Text.Length} {request.Value.Img2.Text.Length}");
            app.MapGet("/throw/{code}", static (string code) => Throw(code));
            app.MapGet("/large", static () => new string('a', 100_000));
            app.MapGet("/hang", async (HttpContext context) =>
            {
                Came.TrySetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => Stopped.TrySetResult(), TaskScheduler.Default);
            });
        });
        await _app.StartAsync();
        Client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new(_app.Urls.Single()), Timeout = TimeSpan.FromSeconds(20) };
    }

    /// <summary>A silent service on a loopback port that the system picks, not yet started.</summary>
    internal static WebApplication Build(Dictionary<string, string> settings, Action<WebApplication> map, Action<IServiceCollection>? register = null)
    {
        var builder = ServiceHost.CreateBuilder([]);
        foreach (var (name, value) in new Dictionary<string, string> { ["HOST"] = "127.0.0.1", ["PORT"] = "0", ["LOG_LEVEL"] = "NONE" }.Concat(settings))
        {
            builder.Configuration[name] = value;
        }

        builder.AddServiceDefaults("test");
        builder.AddEnvironmentOptions<ImageOptions>();
        builder.Services.AddSingleton(new ApiNames(["Dlib"], ["yunet"]));
        register?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapServiceInfo("test");
        map(app);
        return app;
    }

    /// <summary>Checks that an answer is the failure it should be, in the envelope, with what every answer carries.</summary>
    internal static async Task<JsonElement> ShouldBeAsync(HttpResponseMessage response, ErrorCode code)
    {
        var error = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        error.GetProperty("error_code").GetString().ShouldBe(code.Name);
        ((int)response.StatusCode).ShouldBe(code.Status);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/json");
        error.EnumerateObject().Select(static member => member.Name).ShouldBe(["success", "error_code", "message", "request_id", "details"]);
        error.GetProperty("success").GetBoolean().ShouldBeFalse();
        error.GetProperty("request_id").GetString().ShouldBe(response.Headers.GetValues("X-Request-Id").Single());
        double.Parse(response.Headers.GetValues("X-Response-Time-Ms").Single()).ShouldBeGreaterThanOrEqualTo(0);
        return error;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private static string Describe(RepresentRequest request) =>
        $"{request.Img.Text.Length} {request.Img.Bytes.Length} {request.ModelName} {request.Align} {request.MaxFaces}";

    private static string Throw(string name) => ErrorCode.All.FirstOrDefault(code => code.Name == name) is { } code
        ? throw new FaceAspireException(code, $"What {name} says.") { RetryAfter = code == ErrorCode.ServiceUnavailable ? TimeSpan.FromSeconds(1.5) : null }
        : throw new InvalidOperationException("a secret of the inside");
}
