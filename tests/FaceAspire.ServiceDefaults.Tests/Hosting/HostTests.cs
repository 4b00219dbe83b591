using FaceAspire.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace FaceAspire.ServiceDefaults.Tests.Hosting;

public sealed class HostTests
{
    [Theory]
    [InlineData("127.0.0.1", 80, "http://127.0.0.1:80")]
    [InlineData("::1", 80, "http://[::1]:80")]
    [InlineData("localhost", 5000, "http://localhost:5000")]
    public void Url_OfHostAndPort_IsOneThatAspNetCoreTakes(string host, int port, string expected) => new HostingOptions { Host = host, Port = port }.Url.ShouldBe(expected);

    [Theory]
    [InlineData("HOST", "[::1]")] // in a URL it would be bracketed twice, which the server takes for every address
    [InlineData("HOST", "[::1]:80")]
    [InlineData("HOST", "example.org")]
    [InlineData("ASPNETCORE_URLS", "foo")]
    [InlineData("ASPNETCORE_URLS", "ftp://127.0.0.1:80")]
    [InlineData("HTTP_PORTS", "abc")]
    [InlineData("HTTP_PORTS", "80;70000")]
    public async Task Start_ListeningNowhere_IsToldByTheVariablesName(string variable, string value)
    {
        await using var app = ServiceFixture.Build(new() { [variable] = value }, static _ => { });

        var failure = await Should.ThrowAsync<OptionsValidationException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        failure.Failures.ShouldHaveSingleItem().ShouldStartWith($"{variable}: ");
    }

    [Fact]
    public async Task Settings_BlankInTheStrongerSource_AreTheWeakerOnes()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("PORT", "5055")]);
        builder.Configuration.AddInMemoryCollection([new("PORT", " ")]);
        builder.AddEnvironmentOptions<HostingOptions>();
        await using var app = builder.Build();

        app.Services.GetRequiredService<IOptions<HostingOptions>>().Value.Port.ShouldBe(5055);
    }

    [Fact]
    public async Task Start_WrongSettings_AreAllToldAtOnce()
    {
        await using var app = ServiceFixture.Build(
            new() { ["PORT"] = "70000", ["HOST"] = "example.org", ["LOG_FORMAT"] = "xml", ["LOG_LEVEL"] = "LOUD", ["MAX_IMAGE_BYTES"] = "5", ["REQUEST_TIMEOUT_SECONDS"] = "0" }, static _ => { });

        var failure = await Should.ThrowAsync<Exception>(() => app.StartAsync(TestContext.Current.CancellationToken));

        string all = string.Join('\n', failure is AggregateException many ? many.Flatten().InnerExceptions.Select(static one => one.Message) : [failure.Message]);
        foreach (string variable in (ReadOnlySpan<string>)["PORT", "HOST", "LOG_FORMAT", "LOG_LEVEL", "MAX_IMAGE_BYTES", "REQUEST_TIMEOUT_SECONDS"])
        {
            all.ShouldContain($"{variable}: ");
        }
    }

    [Fact]
    public async Task AddEnvironmentOptions_Twice_ReportsOnce()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["PORT"] = "x";
        builder.AddEnvironmentOptions<HostingOptions>();
        builder.AddEnvironmentOptions<HostingOptions>();
        await using var app = builder.Build();

        Should.Throw<OptionsValidationException>(() => app.Services.GetRequiredService<IOptions<HostingOptions>>().Value).Failures
            .ShouldBe(["PORT: must be a whole number (value 'x')"]);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(" ", false)]
    [InlineData("http://127.0.0.1:4317", true)]
    public async Task Telemetry_WithoutAnEndpoint_IsSilent(string? endpoint, bool expected)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)]);

        TelemetrySetup.Apply(builder, "test");

        await using var app = builder.Build();
        (app.Services.GetService<TracerProvider>() is not null).ShouldBe(expected);
        (app.Services.GetService<MeterProvider>() is not null).ShouldBe(expected);
    }
}
