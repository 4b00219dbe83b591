namespace FaceAspire.ModelHub.Provisioning;

/// <summary>What is being done to bring a model here.</summary>
public enum ProvisioningStage
{
    /// <summary>A file is on its way, or waits for its turn.</summary>
    Downloading,

    /// <summary>A file is unpacked, converted and tried out.</summary>
    Converting,
}
