using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using FaceAspire.Detection;
using FaceAspire.ServiceDefaults;
using FaceAspire.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FaceAspire.Recognition.Tests;

/// <summary>The module behind a real port, with detection in the same process and the embedded models.</summary>
internal sealed class RecognitionHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LogCollector _log;
    private readonly DirectoryInfo _data;

    private RecognitionHost(WebApplication app, LogCollector log, DirectoryInfo data) => (_app, _log, _data) = (app, log, data);

    /// <summary>Folder of the galleries, deleted with the host.</summary>
    public string DataFolder => _data.FullName;

    /// <summary>Client whose base address is the service.</summary>
    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(60) };

    public IServiceProvider Services => _app.Services;

    /// <summary>What was logged, a line an event.</summary>
    public IReadOnlyCollection<string> Log => _log.Lines;

    /// <summary>Starts it and waits until its models are loaded.</summary>
    public static async Task<RecognitionHost> StartAsync(Action<IServiceCollection>? register = null, params (string Name, string Value)[] settings)
    {
        var builder = ServiceHost.CreateBuilder([]);
        builder.Configuration["HOST"] = "127.0.0.1";
        builder.Configuration["PORT"] = "0";
        builder.Configuration["MODELS_AUTO_DOWNLOAD"] = "false";
        foreach (var (name, value) in settings)
        {
            builder.Configuration[name] = value;
        }

        var data = Directory.CreateTempSubdirectory("faceaspire-");
        builder.Configuration["DATA_DIR"] = data.FullName;
        var log = new LogCollector();
        builder.AddServiceDefaults("recognition");
        builder.Logging.ClearProviders().AddProvider(log);
        builder.AddDetection();
        builder.AddRecognition();
        builder.AddGalleries();
        register?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapRecognition();
        app.MapGalleries();
        var host = new RecognitionHost(app, log, data);
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            host.Client.BaseAddress = new(app.Urls.Single());
            await host.WaitForReadinessAsync(static (status, _) => status == 200);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>A drawn picture as the API takes it.</summary>
    public static string Sample(string name) => $"data:image/jpeg;base64,{Convert.ToBase64String(SampleBytes(name))}";

    public static byte[] SampleBytes(string name) => File.ReadAllBytes(Path.Combine(SharedMaterial.RepositoryRoot, "samples", $"{name}.jpg"));

    /// <summary>Posts a body as JSON; gives status, <c>X-Cache</c> and answer.</summary>
    public async Task<(int Status, string? Cache, JsonElement Answer)> PostAsync(string route, object body, string? cacheControl = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = JsonContent.Create(body) };
        if (cacheControl is not null)
        {
            request.Headers.TryAddWithoutValidation("Cache-Control", cacheControl);
        }

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, response.Headers.TryGetValues("X-Cache", out var values) ? values.Single() : null, answer);
    }

    /// <summary>Represents a picture; fails the test unless that succeeds.</summary>
    public async Task<(string? Cache, JsonElement Answer)> RepresentAsync(string image, string? cacheControl = null)
    {
        var (status, cache, answer) = await PostAsync("/api/v1/represent", new { img = image }, cacheControl);
        status.ShouldBe(200, answer.ToString());
        return (cache, answer);
    }

    /// <summary>Waits until readiness is as wanted.</summary>
    /// <returns>What readiness says of the cache; null when it says nothing.</returns>
    public async Task<string?> WaitForReadinessAsync(Func<int, string?, bool> wanted)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            using var response = await Client.GetAsync("/health/ready", TestContext.Current.CancellationToken);
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            string? cache = answer.GetProperty("checks").TryGetProperty("cache", out var check) ? check.GetString() : null;
            if (wanted((int)response.StatusCode, cache))
            {
                return cache;
            }

            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
            {
                throw new TimeoutException($"Readiness stays {(int)response.StatusCode} {answer}\n{string.Join('\n', Log)}");
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _data.Delete(recursive: true);
    }

    private sealed class LogCollector : ILoggerProvider
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

        public void Dispose()
        {
            // nothing is held
        }

        private sealed class Logger(string category, ConcurrentQueue<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue($"{logLevel} {category} {formatter(state, exception)} {exception}");
        }
    }
}
