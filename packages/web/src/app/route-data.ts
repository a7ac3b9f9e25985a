import type { LucideIcon } from 'lucide-react';

/** What a route tells the frame about itself. */
export interface RouteData {
  /** Its words in breadcrumbs, the palette and the window's title; params are those of the address. */
  readonly title?: (params: Readonly<Record<string, string>>) => string;
  /** For the pages of the left rail: lower stands higher. */
  readonly rail?: { readonly icon: LucideIcon; readonly order: number };
}

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption extends RouteData {
    /** Keeps the interface from being empty: an address of the guide that belongs to the page. */
    readonly guide?: string;
  }
}
