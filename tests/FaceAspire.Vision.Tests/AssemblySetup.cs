using FaceAspire.Vision.Tests.Fixtures;

[assembly: AssemblyFixture(typeof(VisionFixture))]
