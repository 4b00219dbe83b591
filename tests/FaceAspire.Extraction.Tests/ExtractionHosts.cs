using FaceAspire.Detection;
using FaceAspire.ServiceDefaults;
using FaceAspire.Testing;
using FaceAspire.Vision.Extraction;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

[assembly: AssemblyFixture(typeof(FaceAspire.Extraction.Tests.ExtractionHosts))]

namespace FaceAspire.Extraction.Tests;

/// <summary>The detection service on a real port, and a host that calls it.</summary>
public sealed class ExtractionHosts : IAsyncLifetime
{
    public const int MaxImageBytes = 1_000_000;

    private readonly WebApplication _detection;
    private IHost? _caller;

    public ExtractionHosts()
    {
        var builder = Builder(("MAX_IMAGE_BYTES", $"{MaxImageBytes}"), ("MAX_IMAGE_PIXELS", "2000000"), ("MODELS_DIR", SharedMaterial.IsPresent ? Path.Combine(SharedMaterial.Root, "models") : ""));
        builder.AddServiceDefaults("detection");
        builder.AddDetection();
        _detection = builder.Build();
        _detection.UseServiceDefaults();
        _detection.MapFaceExtraction();
    }

    /// <summary>The extractor of the detection service's own process.</summary>
    public IFaceExtractor Local => _detection.Services.GetRequiredService<IFaceExtractor>();

    /// <summary>The one that reaches it over HTTP.</summary>
    public IFaceExtractor Remote => _caller!.Services.GetRequiredService<IFaceExtractor>();

    /// <summary>Where the detection service listens.</summary>
    public Uri Address => AddressOf(_detection);

    public async ValueTask InitializeAsync()
    {
        await _detection.StartAsync();
        _caller = Caller(Address);
    }

    public async ValueTask DisposeAsync()
    {
        _caller?.Dispose();
        await _detection.DisposeAsync();
    }

    public static Uri AddressOf(IHost host) => new(host.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    /// <summary>A service that extracts elsewhere.</summary>
    public static IHost Caller(params Uri[] detection)
    {
        var builder = Builder([.. detection.Select(static (address, i) => ($"services:detection:http:{i}", address.ToString()))]);
        builder.AddServiceDefaults("caller");
        builder.AddRemoteExtraction();
        return builder.Build();
    }

    /// <summary>A silent builder on a loopback port that the system picks.</summary>
    public static WebApplicationBuilder Builder(params (string Name, string Value)[] settings)
    {
        var builder = ServiceHost.CreateBuilder([]);
        foreach (var (name, value) in settings.Concat([("HOST", "127.0.0.1"), ("PORT", "0"), ("LOG_LEVEL", "NONE")]))
        {
            builder.Configuration[name] = value;
        }

        return builder;
    }
}
