import { Component, OnDestroy, provideZonelessChangeDetection, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { OzLiveness } from 'ozma-liveness';

// The adapter's address.
OzLiveness.set_base('https://adapter.example/');

@Component({
  selector: 'app-check',
  template: '<button type="button" (click)="begin()">Check that it is me</button><p role="status">{{ outcome() }}</p>',
})
class Check implements OnDestroy {
  readonly outcome = signal('');

  begin(): void {
    OzLiveness.open({
      action: ['video_selfie_blank'],
      on_complete: () => this.outcome.set('Thank you.'),
      on_error: ({ code }) => this.outcome.set(code),
    });
  }

  ngOnDestroy(): void {
    OzLiveness.close();
  }
}

bootstrapApplication(Check, { providers: [provideZonelessChangeDetection()] }).catch(console.error);
