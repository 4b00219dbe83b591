using FaceAspire.Recognition;
using FaceAspire.ServiceDefaults;

var builder = ServiceHost.CreateBuilder(args);

builder.AddServiceDefaults("recognition");
builder.AddRecognition();

var app = builder.Build();

app.UseServiceDefaults();
app.MapServiceInfo("recognition");
app.MapRecognition();

return await app.RunServiceAsync();
