using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.Extraction;
using FaceAspire.ServiceDefaults;
using FaceAspire.ServiceDefaults.Binding;
using FaceAspire.Vision;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using Microsoft.Extensions.Options;

namespace FaceAspire.Detection;

/// <summary>The detection module: encoded image in, faces out.</summary>
public static class DetectionModule
{
    /// <summary>Adds the extractor of this process as <see cref="IFaceExtractor"/>, and what it needs.</summary>
    public static IHostApplicationBuilder AddDetection(this IHostApplicationBuilder builder)
    {
        builder.AddEnvironmentOptions<DetectionOptions>();
        builder.Services.AddSingleton<IValidateOptions<DetectionOptions>, DetectionOptionsValidator>();
        builder.AddEnvironmentOptions<InferenceOptions>();
        builder.AddModels();
        builder.AddImageSource();
        builder.Services.AddVision();
        builder.AddLiveness();
        builder.AddDescription();
        builder.Services.AddSingleton<FaceDetectors>();
        builder.Services.AddSingleton<DefaultDetector>();
        builder.Services.AddSingleton<IFaceExtractor>(static services =>
        {
            var detectors = services.GetRequiredService<FaceDetectors>();
            return new FaceExtractor(
                name => detectors[name],
                services.GetRequiredService<DefaultDetector>().LandmarkDetector,
                new ImageDecoder(services.GetRequiredService<IOptions<DetectionOptions>>().Value.MaxImagePixels),
                services.GetRequiredService<ComputeGate>(),
                () => detectors.Eyes);
        });
        builder.Services.AddSingleton<FaceCrops>();
        builder.Services.AddWarmup<DefaultDetector>("detection", static detector => detector.Load());
        return builder;
    }

    /// <summary>Maps <c>POST /api/v1/extract</c>.</summary>
    public static IEndpointRouteBuilder MapDetection(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Detection").RequireAdmission();
        api.MapPost("/extract", ExtractAsync).WithName("Extract").WithSummary("Crops the faces of an image");
        return routes;
    }

    private static async Task<Answer<ExtractResponse>> ExtractAsync(Bound<ExtractRequest> request, FaceCrops crops, CancellationToken cancellationToken) =>
        new(await crops.ExtractAsync(request.Value, cancellationToken));
}
