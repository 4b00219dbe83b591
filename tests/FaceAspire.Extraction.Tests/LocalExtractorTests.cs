using FaceAspire.Vision.Extraction;

namespace FaceAspire.Extraction.Tests;

public sealed class LocalExtractorTests(ExtractionHosts hosts) : FaceExtractorContract
{
    protected override IFaceExtractor Extractor => hosts.Local;
}
